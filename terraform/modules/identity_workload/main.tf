# A service's own identity, federated to exactly its ServiceAccount in exactly its namespace, with the data roles it needs.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "issuer" { type = string }
variable "namespace" { type = string }
variable "service_account" { type = string }

variable "roles" {
  description = "Role and scope by the need behind it."
  type        = map(object({ role = string, scope = string }))
}

resource "azurerm_user_assigned_identity" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.group
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "this" {
  name                      = "kubernetes"
  user_assigned_identity_id = azurerm_user_assigned_identity.this.id
  issuer                    = var.issuer
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:${var.namespace}:${var.service_account}"
}

resource "azurerm_role_assignment" "this" {
  for_each = var.roles

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  principal_type       = "ServicePrincipal"
}

output "client_id" { value = azurerm_user_assigned_identity.this.client_id }
output "object_id" { value = azurerm_user_assigned_identity.this.principal_id }
output "name" { value = azurerm_user_assigned_identity.this.name }
