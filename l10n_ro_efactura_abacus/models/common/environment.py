"""The two environments of ANAF as a selection of fields; `anaf.environment` holds their addresses."""

ENVIRONMENTS = [('prod', "Production"), ('test', "Test")]
