# An identity that a GitHub environment's jobs may take on: no secret exists. GitHub writes the subject in one of two forms, by
# the repository's age; both are trusted, and the letters' case is kept because Entra compares it.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }

variable "environments" {
  description = "Names of the GitHub environments."
  type        = set(string)

  validation {
    condition     = length(var.environments) >= 1 && 2 * length(var.environments) <= 20
    error_message = "An identity holds at most 20 federated credentials, two for each GitHub environment."
  }
}

variable "repository" {
  description = "ids: owner's and repository's numeric ids, for repositories with immutable subjects."
  type        = object({ owner = string, name = string, owner_id = string, id = string })
}

locals {
  prefixes = {
    classic   = "repo:${var.repository.owner}/${var.repository.name}"
    immutable = "repo:${var.repository.owner}@${var.repository.owner_id}/${var.repository.name}@${var.repository.id}"
  }
  subjects = merge([for environment in var.environments : { for form, prefix in local.prefixes : "${environment}-${form}" => "${prefix}:environment:${environment}" }]...)
}

resource "azurerm_user_assigned_identity" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.group
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "this" {
  for_each = local.subjects

  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.this.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = each.value
}

output "id" { value = azurerm_user_assigned_identity.this.id }
output "client_id" { value = azurerm_user_assigned_identity.this.client_id }
output "object_id" { value = azurerm_user_assigned_identity.this.principal_id }
