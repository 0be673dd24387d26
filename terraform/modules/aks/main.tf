# A private cluster. Its API server has an address inside the network only; people and workflows reach it through Azure's own
# resource manager (run command) or from the network.

variable "name" { type = string }
variable "identity_name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "tenant_id" { type = string }
variable "subnet_id" { type = string }
variable "network_id" { type = string }
variable "dns_zone_id" { type = string }
variable "registry_id" { type = string }
variable "workspace_id" { type = string }
variable "zones" { type = list(string) }

variable "ranges" {
  type = object({ pods = string, services = string })
}

variable "settings" {
  type = object({
    kubernetes_version = string
    sku_tier           = string
    upgrade_channel    = string
    system_pool        = object({ vm_size = string, bounds = tuple([number, number]), critical_only = bool })
    node_pools = map(object({
      vm_size = string
      bounds  = tuple([number, number])
      spot    = bool
      taints  = optional(list(string), [])
    }))
    safeguards = object({ level = string, pod_security = string })
    defender   = bool
    metrics    = bool
    run_command = object({
      enabled = bool
      reason  = string
    })
    ingress_mode  = string
    mesh_revision = optional(string)
  })

  validation {
    condition = anytrue(concat([!var.settings.system_pool.critical_only], [
      for pool in values(var.settings.node_pools) : !pool.spot && length(pool.taints) == 0 && pool.bounds[0] >= 1
    ]))
    error_message = "Every pool is tainted, spot or may shrink to nothing: the pod of run command would have no node. Give one regular pool no taint and at least one node."
  }

  validation {
    condition     = !var.settings.run_command.enabled || length(var.settings.run_command.reason) >= 20
    error_message = "Run command reaches into the cluster past the network: where it is on, the reason is written down."
  }

  validation {
    condition     = contains(["gateway-api", "istio", "none"], var.settings.ingress_mode)
    error_message = "ingress_mode is gateway-api (application routing), istio (the mesh add-on) or none: the two cannot run beside each other."
  }

  validation {
    condition     = (var.settings.ingress_mode == "istio") == (var.settings.mesh_revision != null)
    error_message = "mesh_revision belongs to ingress_mode istio, and only to it."
  }

  validation {
    condition     = contains(["Warn", "Enforce"], var.settings.safeguards.level) && contains(["Baseline", "Restricted"], var.settings.safeguards.pod_security)
    error_message = "Safeguards warn or enforce, at least the baseline; there is no way to turn them off."
  }
}

resource "azurerm_user_assigned_identity" "cluster" {
  name                = var.identity_name
  location            = var.location
  resource_group_name = var.group
  tags                = var.tags
}

resource "azurerm_user_assigned_identity" "kubelet" {
  name                = "${var.identity_name}-kubelet"
  location            = var.location
  resource_group_name = var.group
  tags                = var.tags
}

resource "azurerm_role_assignment" "cluster_dns" {
  scope                = var.dns_zone_id
  role_definition_name = "Private DNS Zone Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "cluster_network" {
  scope                = var.network_id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "cluster_kubelet" {
  scope                = azurerm_user_assigned_identity.kubelet.id
  role_definition_name = "Managed Identity Operator"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "kubelet_pull" {
  scope                = var.registry_id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.kubelet.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_kubernetes_cluster" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.group
  node_resource_group = "${var.group}-nodes"
  kubernetes_version  = var.settings.kubernetes_version
  sku_tier            = var.settings.sku_tier
  tags                = var.tags

  private_cluster_enabled             = true
  private_cluster_public_fqdn_enabled = false
  private_dns_zone_id                 = var.dns_zone_id
  dns_prefix_private_cluster          = var.name
  run_command_enabled                 = var.settings.run_command.enabled

  local_account_disabled            = true
  role_based_access_control_enabled = true
  oidc_issuer_enabled               = true # Can never be turned off again without a new cluster.
  workload_identity_enabled         = true
  azure_policy_enabled              = true
  image_cleaner_enabled             = true
  image_cleaner_interval_hours      = 48
  cost_analysis_enabled             = var.settings.sku_tier != "Free"

  automatic_upgrade_channel = var.settings.upgrade_channel
  node_os_upgrade_channel   = "NodeImage"

  default_node_pool {
    name                         = "system"
    vm_size                      = var.settings.system_pool.vm_size
    vnet_subnet_id               = var.subnet_id
    os_sku                       = "AzureLinux"
    os_disk_type                 = "Ephemeral" # On the machine's own disk: new nodes start faster, and nothing outlives them.
    os_disk_size_gb              = 64
    max_pods                     = 60
    zones                        = var.zones
    auto_scaling_enabled         = true
    min_count                    = var.settings.system_pool.bounds[0]
    max_count                    = var.settings.system_pool.bounds[1]
    only_critical_addons_enabled = var.settings.system_pool.critical_only
    host_encryption_enabled      = true
    node_public_ip_enabled       = false
    temporary_name_for_rotation  = "systemtmp"
    tags                         = var.tags

    upgrade_settings {
      max_surge                     = "33%"
      drain_timeout_in_minutes      = 30
      node_soak_duration_in_minutes = 5
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.cluster.id]
  }

  kubelet_identity {
    client_id                 = azurerm_user_assigned_identity.kubelet.client_id
    object_id                 = azurerm_user_assigned_identity.kubelet.principal_id
    user_assigned_identity_id = azurerm_user_assigned_identity.kubelet.id
  }

  azure_active_directory_role_based_access_control {
    tenant_id              = var.tenant_id
    azure_rbac_enabled     = true
    admin_group_object_ids = []
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    outbound_type       = "userDefinedRouting"
    load_balancer_sku   = "standard"
    pod_cidr            = var.ranges.pods
    service_cidr        = var.ranges.services
    dns_service_ip      = cidrhost(var.ranges.services, 10)
  }

  node_provisioning_profile {
    mode = "Manual"
  }

  key_vault_secrets_provider {
    secret_rotation_enabled  = true
    secret_rotation_interval = "2m"
  }

  workload_autoscaler_profile {
    keda_enabled                    = true
    vertical_pod_autoscaler_enabled = true
  }

  auto_scaler_profile {
    expander                      = "priority"
    balance_similar_node_groups   = true
    skip_nodes_with_local_storage = false
    skip_nodes_with_system_pods   = true
    max_graceful_termination_sec  = "600"
  }

  storage_profile {
    blob_driver_enabled         = false
    disk_driver_enabled         = true
    file_driver_enabled         = false
    snapshot_controller_enabled = true
  }

  oms_agent {
    log_analytics_workspace_id      = var.workspace_id
    msi_auth_for_monitoring_enabled = true
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = "Sunday"
    start_time  = "02:00"
    utc_offset  = "+00:00"
    duration    = 4
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = "Saturday"
    start_time  = "02:00"
    utc_offset  = "+00:00"
    duration    = 4
  }

  dynamic "microsoft_defender" {
    for_each = var.settings.defender ? [var.workspace_id] : []
    content {
      log_analytics_workspace_id = microsoft_defender.value
    }
  }

  dynamic "monitor_metrics" {
    for_each = var.settings.metrics ? [true] : []
    content {}
  }

  dynamic "service_mesh_profile" {
    for_each = var.settings.ingress_mode == "istio" ? [var.settings.mesh_revision] : []
    content {
      mode                             = "Istio"
      revisions                        = [service_mesh_profile.value]
      internal_ingress_gateway_enabled = true
      external_ingress_gateway_enabled = false
    }
  }

  lifecycle {
    # The patch channel moves the version on; a plan must not move it back.
    ignore_changes = [kubernetes_version, default_node_pool[0].orchestrator_version]
  }

  depends_on = [azurerm_role_assignment.cluster_dns, azurerm_role_assignment.cluster_network, azurerm_role_assignment.cluster_kubelet]
}

resource "azurerm_kubernetes_cluster_deployment_safeguard" "this" {
  kubernetes_cluster_id        = azurerm_kubernetes_cluster.this.id
  level                        = var.settings.safeguards.level
  pod_security_standards_level = var.settings.safeguards.pod_security
  # aks-command: a policy that blocks the command's own pod would block every deploy.
  excluded_namespaces = ["aks-command", "kube-system", "gatekeeper-system"]
}

module "pools" {
  source   = "../node_pool"
  for_each = var.settings.node_pools

  name       = each.key
  tags       = var.tags
  cluster_id = azurerm_kubernetes_cluster.this.id
  subnet_id  = var.subnet_id
  zones      = var.zones
  pool       = each.value
}

output "id" { value = azurerm_kubernetes_cluster.this.id }
output "name" { value = azurerm_kubernetes_cluster.this.name }
output "oidc_issuer_url" { value = azurerm_kubernetes_cluster.this.oidc_issuer_url }
output "node_group" { value = azurerm_kubernetes_cluster.this.node_resource_group }
output "identity_principal_id" { value = azurerm_user_assigned_identity.cluster.principal_id }
