mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  names         = { virtual_network = "vnet-x" }
  tags          = {}
  location      = "westeurope"
  group         = "rg-x"
  address_space = "10.10.0.0/20"
  other_ranges  = { pods = "192.168.0.0/16", services = "172.16.0.0/16" }
}

run "a_sound_network" {
  command = apply
}

run "pods_hide_the_network" {
  command = plan

  variables {
    other_ranges = { pods = "10.0.0.0/8", services = "172.16.0.0/16" }
  }

  expect_failures = [azurerm_virtual_network.this]
}

run "pods_and_services_overlap_by_their_last_address" {
  command = plan

  variables {
    other_ranges = { pods = "172.16.128.0/17", services = "172.16.0.0/16" }
  }

  expect_failures = [azurerm_virtual_network.this]
}

run "too_small_a_network" {
  command = plan

  variables {
    address_space = "10.10.0.0/24"
  }

  expect_failures = [var.address_space]
}
