# Production workloads.
environment = "prod"
region      = "westeurope"
tags        = { owner = "platform", cost-center = "sentimark-prod" }

ranges         = { network = "10.40.0.0/20", pods = "192.168.0.0/16", services = "172.16.0.0/16" }
zone_redundant = true
lock           = true

cluster = {
  kubernetes_version = "1.35"
  sku_tier           = "Standard"
  upgrade_channel    = "stable"
  system_pool        = { vm_size = "Standard_D4ds_v5", bounds = [3, 9], critical_only = true }
  node_pools = {
    regular = { vm_size = "Standard_D8ds_v5", bounds = [3, 12], spot = false }
    spot    = { vm_size = "Standard_D8ds_v5", bounds = [0, 10], spot = true }
  }
  safeguards   = { level = "Enforce", pod_security = "Restricted" }
  defender     = true
  run_command  = { enabled = true, reason = "Hosted runners have no path to the private API server." }
  ingress_mode = "gateway-api"
}

firewall                = { tier = "Premium", allowed_names = ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "login.microsoftonline.com"] }
vault_sku               = "premium"
database                = { sku = "MO_Standard_E4ds_v5", storage_mb = 262144, zone_redundant = true, backup_days = 35, geo_backup = true, copy = true }
redis                   = { sku = "Balanced_B5", highly_available = true, copy = true }
events                  = { sku = "Premium", capacity = 1, copy = true }
storage_replication     = "RAGZRS"
logs                    = { retention_days = 90, daily_quota_gb = -1, full = true }
backup                  = { redundancy = "GeoRedundant", cross_region_restore = true }
budget                  = { amount = 20000, start_date = "2026-01-01T00:00:00Z", anomaly_alert = true }
operators_eligible_days = 30
gateway                 = { hosts = ["prod.sentimark.example.com"], issuer = "DigiCert" }
runners                 = { most = 10 }
