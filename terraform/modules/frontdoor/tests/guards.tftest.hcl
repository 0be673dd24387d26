mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  names         = { front_door = "afd-x", web_firewall_policy = "wafx" }
  tags          = {}
  group         = "rg-x"
  endpoint_name = "x"
  origins       = { a = { host = "a.example.com", link_id = "l", priority = 1 }, b = { host = "b.example.com", link_id = "m", priority = 2 } }
}

run "two_regions_in_order" {
  command = apply

  assert {
    condition     = [for region in ["a", "b"] : azurerm_cdn_frontdoor_origin.this[region].priority] == [1, 2]
    error_message = "Regions take over in the order of their priorities."
  }
}

run "two_regions_of_one_priority" {
  command = plan

  variables {
    origins = { a = { host = "a.example.com", link_id = "l", priority = 1 }, b = { host = "b.example.com", link_id = "m", priority = 1 } }
  }

  expect_failures = [var.origins]
}

run "a_priority_that_front_door_does_not_know" {
  command = plan

  variables {
    origins = { a = { host = "a.example.com", link_id = "l", priority = 9 } }
  }

  expect_failures = [var.origins]
}
