"""Settings and processes. Importing the Celery app here makes `shared_task` find it wherever Django runs."""
