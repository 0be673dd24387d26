# User testing and pre-production validation: production's shape. What differs is listed in tests/terraform/uat-differs.yaml.
environment = "uat"
region      = "westeurope"
tags        = { owner = "platform", cost-center = "sentimark-uat" }

ranges         = { network = "10.30.0.0/20", pods = "192.168.0.0/16", services = "172.16.0.0/16" }
zone_redundant = true
lock           = false

cluster = {
  kubernetes_version = "1.35"
  sku_tier           = "Standard"
  upgrade_channel    = "stable"
  system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 5], critical_only = true }
  node_pools = {
    regular = { vm_size = "Standard_D8ds_v5", bounds = [3, 8], spot = false }
    spot    = { vm_size = "Standard_D8ds_v5", bounds = [0, 5], spot = true }
  }
  safeguards   = { level = "Enforce", pod_security = "Restricted" }
  defender     = true
  run_command  = { enabled = true, reason = "Hosted runners have no path to the private API server." }
  ingress_mode = "gateway-api"
}

firewall                = { tier = "Premium", allowed_names = ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "login.microsoftonline.com"] }
vault_sku               = "premium"
database                = { sku = "GP_Standard_D4ds_v5", storage_mb = 131072, zone_redundant = true, backup_days = 14, geo_backup = false, copy = false }
redis                   = { sku = "Balanced_B5", highly_available = true, copy = false }
events                  = { sku = "Standard", capacity = 1, most_units = 10, copy = false }
storage_replication     = "ZRS"
logs                    = { retention_days = 90, daily_quota_gb = 20, full = true }
backup                  = { redundancy = "ZoneRedundant", cross_region_restore = false }
budget                  = { amount = 11000, start_date = "2026-01-01T00:00:00Z", anomaly_alert = false }
operators_eligible_days = 90
gateway                 = { hosts = ["uat.sentimark.example.com"], issuer = "DigiCert" }
runners                 = { most = 10 }
