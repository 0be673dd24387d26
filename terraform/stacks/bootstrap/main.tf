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

variable "hosted_runners" {
  description = "Whether jobs still run on GitHub's hosted runners. True until runners inside a network exist; then TF_VAR_hosted_runners=false for every stack is the whole move."
  type        = bool
  default     = true
}

variable "owners_group_id" {
  description = "The people who apply bootstrap and global: the account knows no keys, so even its owner needs a role to read it."
  type        = string
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

  name       = module.naming.names.storage
  tags       = module.naming.tags
  location   = var.region
  group      = azurerm_resource_group.this.name
  containers = setunion(local.environments, ["shared"])
  public     = var.hosted_runners
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

# What environments share, people apply.
resource "azurerm_role_assignment" "owners" {
  scope                = module.state.container_ids["shared"]
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = var.owners_group_id
  principal_type       = "Group"
}

# Each network has an endpoint of the account. It lies in another subscription than most of them, so apply needs the account's yes.
resource "azurerm_role_definition" "connect" {
  name              = "Sentimark connect to state"
  scope             = azurerm_resource_group.this.id
  assignable_scopes = [azurerm_resource_group.this.id]

  permissions {
    actions = ["Microsoft.Storage/storageAccounts/read", "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action"]
  }
}

resource "azurerm_role_assignment" "connect" {
  for_each = { for name, job in local.jobs : name => job if job.subscription_role == "Contributor" }

  scope              = module.state.id
  role_definition_id = azurerm_role_definition.connect.role_definition_resource_id
  principal_id       = module.identities[each.key].object_id
  principal_type     = "ServicePrincipal"
}

output "state_account" { value = module.state.account }
output "state_account_id" { value = module.state.id }
output "clients" {
  description = "Client id of each GitHub environment's identity."
  value       = { for name, identity in module.identities : name => identity.client_id }
}

output "jobs" {
  description = "Object id of each GitHub environment's identity, for the stacks global and region."
  value       = { for name, identity in module.identities : name => identity.object_id }
}
