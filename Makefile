.PHONY: run test install

install:
	@python3 config/bootstrap.py

run: install
	@exec .venv/bin/python -m config.supervisor

test: install
	@exec .venv/bin/python -m tests.run
