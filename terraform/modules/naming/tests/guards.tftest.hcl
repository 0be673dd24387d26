variables {
  rules = {
    short_product = "smk"
    types         = { vault = { prefix = "kv", form = "short", length = [3, 24], pattern = "[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]" } }
  }
  product      = "sentimark"
  environment  = "dev"
  region       = "westeurope"
  region_short = "weu"
  seed         = "s"
  tags         = {}
}

run "a_sound_name" {
  command = plan

  assert {
    condition     = can(regex("^kv-smk-dev-weu-[0-9a-f]{4}$", output.names.vault))
    error_message = "prefix, product, environment, region, hash"
  }
}

run "an_environment_of_too_long_a_name" {
  command = plan

  variables {
    environment = "performance"
  }

  expect_failures = [var.environment]
}

run "a_name_that_its_type_refuses" {
  command = plan

  variables {
    region_short = "a_region_of_its_own"
  }

  expect_failures = [output.names]
}
