# First of all, once, by a person: the state account, and for each environment the two identities that Terraform itself runs as.
#   plan   reads the subscription and its own state, for pull requests (with -lock=false: it writes nothing)
#   apply  changes the subscription, for approved runs

variable "region" {
  type = string

  validation {
    condition     = contains(keys(local.contract.regions), var.region)
    error_message = "The region is none of contract/environments.yaml."
  }
}

variable "tags" {
  type = object({ owner = string, cost-center = string })
}

variable "subscriptions" {
  description = "Subscription id of each environment: one subscription for each keeps their rights and quotas apart."
  type        = map(string)

  validation {
    condition     = toset(keys(var.subscriptions)) == toset(keys(local.contract.environments))
    error_message = "Name the subscription of each environment of contract/environments.yaml, and of no other."
  }
}

variable "repository" {
  type = object({ owner = string, name = string, owner_id = string, id = string })
}

variable "reachable_from_hosted_runners" {
  type    = bool
  default = true
}

data "azurerm_client_config" "current" {}

locals {
  contract           = yamldecode(file("${path.module}/../../../contract/environments.yaml"))
  resource_providers = ["Microsoft.Storage", "Microsoft.ManagedIdentity", "Microsoft.Authorization"]
  environments       = toset(keys(local.contract.environments))
  jobs = merge([for environment in local.environments : {
    "${environment}-plan"  = { environment = environment, container_role = "Storage Blob Data Reader", subscription_role = "Reader" }
    "${environment}-apply" = { environment = environment, container_role = "Storage Blob Data Contributor", subscription_role = "Contributor" }
  }]...)
}

module "naming" {
  source = "../../modules/naming"

  rules        = yamldecode(file("${path.module}/../../../contract/naming.yaml"))
  product      = local.contract.product
  environment  = "state"
  region       = var.region
  region_short = local.contract.regions[var.region].short
  seed         = data.azurerm_client_config.current.subscription_id
  tags         = merge(var.tags, { purpose = "Terraform state and identities" })
}

resource "azurerm_resource_group" "this" {
  name     = module.naming.names.resource_group
  location = var.region
  tags     = module.naming.tags
}

module "state" {
  source = "../../modules/state"

  name                          = module.naming.names.storage
  tags                          = module.naming.tags
  location                      = var.region
  group                         = azurerm_resource_group.this.name
  containers                    = setunion(local.environments, ["shared"])
  reachable_from_hosted_runners = var.reachable_from_hosted_runners
}

module "identities" {
  source   = "../../modules/identity_github"
  for_each = local.jobs

  name         = "id-${local.contract.product}-${each.key}"
  tags         = merge(module.naming.tags, { environment = each.value.environment })
  location     = var.region
  group        = azurerm_resource_group.this.name
  environments = [each.key]
  repository   = var.repository
}

resource "azurerm_role_assignment" "state" {
  for_each = local.jobs

  scope                = module.state.container_ids[each.value.environment]
  role_definition_name = each.value.container_role
  principal_id         = module.identities[each.key].object_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "subscription" {
  for_each = local.jobs

  scope                = "/subscriptions/${var.subscriptions[each.value.environment]}"
  role_definition_name = each.value.subscription_role
  principal_id         = module.identities[each.key].object_id
  principal_type       = "ServicePrincipal"
}

# apply gives roles to others, but never the three with which it could make itself an owner.
resource "azurerm_role_assignment" "apply_roles" {
  for_each = { for name, job in local.jobs : name => job if job.subscription_role == "Contributor" }

  scope                = "/subscriptions/${var.subscriptions[each.value.environment]}"
  role_definition_name = "Role Based Access Control Administrator"
  principal_id         = module.identities[each.key].object_id
  principal_type       = "ServicePrincipal"
  condition_version    = "2.0"
  condition            = <<-TXT
    ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR
    (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals
    {8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9, f58310d9-a9f6-439a-9e8d-f62e7b41a168}))
  TXT
}

# Everybody's plan reads what global shares; only bootstrap's own person writes it.
output "state_account" { value = module.state.account }
output "clients" {
  description = "Client id of each GitHub environment's identity."
  value       = { for name, identity in module.identities : name => identity.client_id }
}
