"""The two environments of ANAF for selection fields; `anaf.environment` holds their addresses."""

# Values and labels of the fields `environment`.
ENVIRONMENTS = [("prod", "Production"), ("test", "Test")]
