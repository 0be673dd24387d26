# Integration and system validation: standard tiers, little redundancy.
environment = "sit"
region      = "westeurope"
tags        = { owner = "platform", cost-center = "sentimark-sit" }

ranges         = { network = "10.20.0.0/20", pods = "192.168.0.0/16", services = "172.16.0.0/16" }
zone_redundant = false
lock           = false

cluster = {
  kubernetes_version = "1.35"
  sku_tier           = "Standard"
  upgrade_channel    = "patch"
  system_pool        = { vm_size = "Standard_D2ds_v5", bounds = [2, 3], critical_only = false }
  node_pools = {
    regular = { vm_size = "Standard_D4ds_v5", bounds = [1, 3], spot = false }
    spot    = { vm_size = "Standard_D4ds_v5", bounds = [0, 5], spot = true }
  }
  safeguards   = { level = "Enforce", pod_security = "Baseline" }
  defender     = false
  run_command  = { enabled = true, reason = "Hosted runners have no path to the private API server." }
  ingress_mode = "gateway-api"
}

firewall            = { tier = "Standard", allowed_names = ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "login.microsoftonline.com"] }
vault_sku           = "standard"
database            = { sku = "GP_Standard_D2ds_v5", storage_mb = 65536, zone_redundant = false, backup_days = 7, geo_backup = false, copy = false }
redis               = { sku = "Balanced_B1", highly_available = false, copy = false }
events              = { sku = "Standard", capacity = 1, copy = false }
storage_replication = "LRS"
logs                = { retention_days = 30, daily_quota_gb = 5, full = false }
backup              = null
budget              = { amount = 4000, start_date = "2026-01-01T00:00:00Z", anomaly_alert = false }
gateway             = { hosts = ["sit.sentimark.example.com"], issuer = "Self" }
runners             = { most = 5 }
