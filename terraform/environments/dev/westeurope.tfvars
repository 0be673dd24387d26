# Development and testing: the smallest of everything, asleep at night.
environment = "dev"
region      = "westeurope"
tags        = { owner = "platform", cost-center = "sentimark-dev" }

ranges         = { network = "10.10.0.0/20", pods = "192.168.0.0/16", services = "172.16.0.0/16" }
zone_redundant = false
lock           = false

cluster = {
  kubernetes_version = "1.35"
  sku_tier           = "Free"
  upgrade_channel    = "patch"
  system_pool        = { vm_size = "Standard_D2ds_v5", bounds = [1, 2], critical_only = false }
  node_pools = {
    regular = { vm_size = "Standard_D2ds_v5", bounds = [1, 2], spot = false }
    spot    = { vm_size = "Standard_D4ds_v5", bounds = [0, 3], spot = true }
  }
  safeguards   = { level = "Warn", pod_security = "Baseline" }
  defender     = false
  run_command  = { enabled = true, reason = "Hosted runners have no path to the private API server." }
  ingress_mode = "gateway-api"
}

firewall            = { tier = "Standard", allowed_names = ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "login.microsoftonline.com"] }
vault_sku           = "standard"
database            = { sku = "B_Standard_B1ms", storage_mb = 32768, zone_redundant = false, backup_days = 7, geo_backup = false, copy = false }
redis               = { sku = "Balanced_B0", highly_available = false, copy = false }
events              = null
storage_replication = "LRS"
logs                = { retention_days = 30, daily_quota_gb = 1, full = false }
backup              = null
budget              = { amount = 1700, start_date = "2026-01-01T00:00:00Z", anomaly_alert = false }
gateway             = { hosts = ["dev.sentimark.example.com"], issuer = "Self" }
runners             = { most = 5 }
