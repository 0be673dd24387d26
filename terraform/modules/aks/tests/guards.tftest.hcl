mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  name          = "aks-x"
  identity_name = "id-x"
  tags          = {}
  location      = "westeurope"
  group         = "rg-x"
  tenant_id     = "t"
  subnet_id     = "s"
  network_id    = "n"
  dns_zone_id   = "z"
  registry_id   = "r"
  workspace_id  = "w"
  zones         = []
  ranges        = { pods = "192.168.0.0/16", services = "172.16.0.0/16" }
  settings = {
    kubernetes_version = "1.35"
    sku_tier           = "Standard"
    upgrade_channel    = "stable"
    system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 5], critical_only = true }
    node_pools         = { regular = { vm_size = "Standard_D4ds_v5", bounds = [1, 3], spot = false } }
    safeguards         = { level = "Enforce", pod_security = "Restricted" }
    defender           = true
    metrics            = true
    run_command        = { enabled = true, reason = "Hosted runners have no path to the API server." }
    ingress_mode       = "gateway-api"
  }
}

run "a_sound_cluster" {
  command = apply
}

run "only_tainted_and_spot_pools" {
  command = plan

  variables {
    settings = {
      kubernetes_version = "1.35"
      sku_tier           = "Standard"
      upgrade_channel    = "stable"
      system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 5], critical_only = true }
      node_pools = {
        spot    = { vm_size = "Standard_D4ds_v5", bounds = [1, 3], spot = true }
        regular = { vm_size = "Standard_D4ds_v5", bounds = [1, 3], spot = false, taints = ["team=a:NoSchedule"] }
      }
      safeguards   = { level = "Enforce", pod_security = "Restricted" }
      defender     = true
      metrics      = true
      run_command  = { enabled = true, reason = "Hosted runners have no path to the API server." }
      ingress_mode = "gateway-api"
    }
  }

  expect_failures = [var.settings]
}

run "the_untainted_pool_may_shrink_to_nothing" {
  command = plan

  variables {
    settings = {
      kubernetes_version = "1.35"
      sku_tier           = "Standard"
      upgrade_channel    = "stable"
      system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 5], critical_only = true }
      node_pools         = { regular = { vm_size = "Standard_D4ds_v5", bounds = [0, 3], spot = false } }
      safeguards         = { level = "Enforce", pod_security = "Restricted" }
      defender           = true
      metrics            = true
      run_command        = { enabled = true, reason = "Hosted runners have no path to the API server." }
      ingress_mode       = "gateway-api"
    }
  }

  expect_failures = [var.settings]
}

run "run_command_without_a_reason" {
  command = plan

  variables {
    settings = {
      kubernetes_version = "1.35"
      sku_tier           = "Standard"
      upgrade_channel    = "stable"
      system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 5], critical_only = false }
      node_pools         = {}
      safeguards         = { level = "Enforce", pod_security = "Restricted" }
      defender           = true
      metrics            = true
      run_command        = { enabled = true, reason = "" }
      ingress_mode       = "gateway-api"
    }
  }

  expect_failures = [var.settings]
}

run "safeguards_turned_off" {
  command = plan

  variables {
    settings = {
      kubernetes_version = "1.35"
      sku_tier           = "Standard"
      upgrade_channel    = "stable"
      system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 5], critical_only = false }
      node_pools         = {}
      safeguards         = { level = "Off", pod_security = "Privileged" }
      defender           = true
      metrics            = true
      run_command        = { enabled = true, reason = "Hosted runners have no path to the API server." }
      ingress_mode       = "gateway-api"
    }
  }

  expect_failures = [var.settings]
}

run "both_kinds_of_ingress" {
  command = plan

  variables {
    settings = {
      kubernetes_version = "1.35"
      sku_tier           = "Standard"
      upgrade_channel    = "stable"
      system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 5], critical_only = false }
      node_pools         = {}
      safeguards         = { level = "Enforce", pod_security = "Restricted" }
      defender           = true
      metrics            = true
      run_command        = { enabled = true, reason = "Hosted runners have no path to the API server." }
      ingress_mode       = "gateway-api"
      mesh_revision      = "asm-1-27"
    }
  }

  expect_failures = [var.settings]
}
