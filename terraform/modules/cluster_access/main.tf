# Who may do what to one cluster: three role sets, none of them with a wildcard, each for an identity of its own.
#   deploy    run command, its results, the cluster's state; writes in the named namespaces
#   platform  the same and cluster-wide objects, for charts/platform
#   power     start and stop, where the environment sleeps

variable "suffix" { type = string }
variable "cluster_id" { type = string }
variable "group_id" { type = string }
variable "namespaces" { type = set(string) }

variable "sleeps" {
  description = "Whether the environment's clusters stop and start."
  type        = bool
}

variable "principals" {
  description = "Object ids by role set; power only where the cluster sleeps."
  type        = object({ deploy = string, platform = string, power = optional(string) })
}

locals {
  command = [
    "Microsoft.ContainerService/managedClusters/read",
    "Microsoft.ContainerService/managedClusters/runCommand/action",
    "Microsoft.ContainerService/managedClusters/commandResults/read",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
  ]
  power = [
    "Microsoft.ContainerService/managedClusters/read",
    "Microsoft.ContainerService/managedClusters/start/action",
    "Microsoft.ContainerService/managedClusters/stop/action",
  ]
}

resource "azurerm_role_definition" "command" {
  name              = "Sentimark run command ${var.suffix}"
  scope             = var.group_id
  assignable_scopes = [var.group_id]

  permissions {
    actions = local.command
  }
}

resource "azurerm_role_definition" "power" {
  count = var.sleeps ? 1 : 0

  name              = "Sentimark power ${var.suffix}"
  scope             = var.group_id
  assignable_scopes = [var.group_id]

  permissions {
    actions = local.power
  }
}

resource "azurerm_role_assignment" "command" {
  for_each = { deploy = var.principals.deploy, platform = var.principals.platform }

  scope              = var.cluster_id
  role_definition_id = azurerm_role_definition.command.role_definition_resource_id
  principal_id       = each.value
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "deploy_namespace" {
  for_each = var.namespaces

  scope                = "${var.cluster_id}/namespaces/${each.key}"
  role_definition_name = "Azure Kubernetes Service RBAC Writer"
  principal_id         = var.principals.deploy
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "platform" {
  scope                = var.cluster_id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id         = var.principals.platform
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "power" {
  count = var.sleeps ? 1 : 0

  scope              = var.cluster_id
  role_definition_id = azurerm_role_definition.power[0].role_definition_resource_id
  principal_id       = var.principals.power
  principal_type     = "ServicePrincipal"
}
