"""Where the static files of a team's Touchline come from: compressed, and named by what is in them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    #: modules name each other by these names too, or a browser would mix old ones with new ones after an upgrade
    support_js_module_import_aggregation = True
