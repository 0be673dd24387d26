# One pool of a cluster. What only spot nodes may carry is set on them alone: Azure refuses it on regular ones.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "cluster_id" { type = string }
variable "subnet_id" { type = string }
variable "zones" { type = list(string) }

variable "pool" {
  type = object({
    vm_size = string
    bounds  = tuple([number, number])
    spot    = bool
    taints  = optional(list(string), [])
  })
}

locals {
  spot_taint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
}

resource "azurerm_kubernetes_cluster_node_pool" "this" {
  name                  = var.name
  kubernetes_cluster_id = var.cluster_id
  vnet_subnet_id        = var.subnet_id
  mode                  = "User"
  vm_size               = var.pool.vm_size
  os_sku                = "AzureLinux"
  os_disk_type          = "Ephemeral" # On the machine's own disk: new nodes start faster, and nothing outlives them.
  os_disk_size_gb       = 64
  max_pods              = 60
  zones                 = var.zones

  auto_scaling_enabled    = true
  min_count               = var.pool.bounds[0]
  max_count               = var.pool.bounds[1]
  host_encryption_enabled = true
  node_public_ip_enabled  = false

  priority        = var.pool.spot ? "Spot" : "Regular"
  eviction_policy = var.pool.spot ? "Delete" : null
  spot_max_price  = var.pool.spot ? -1 : null
  node_labels     = var.pool.spot ? { "kubernetes.azure.com/scalesetpriority" = "spot" } : {}
  node_taints     = var.pool.spot ? concat([local.spot_taint], var.pool.taints) : var.pool.taints
  tags            = var.tags

  # A spot pool is never surged: there is no promise of a further node.
  dynamic "upgrade_settings" {
    for_each = var.pool.spot ? [] : ["33%"]
    content {
      max_surge                     = upgrade_settings.value
      drain_timeout_in_minutes      = 30
      node_soak_duration_in_minutes = 5
    }
  }
}

output "id" { value = azurerm_kubernetes_cluster_node_pool.this.id }
