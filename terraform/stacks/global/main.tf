# What environments share, and only that: the registry. What is verified in one environment is what the next one runs, so the
# bytes are in one place. Vaults, workspaces and zones are each environment's own: a secret, a quota or a record of one must not
# reach another.

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

variable "jobs" {
  description = "The output `jobs` of the stack bootstrap: object ids of the identities plan and apply of each environment."
  type        = map(string)

  validation {
    condition     = toset(keys(var.jobs)) == toset(flatten([for name in keys(local.contract.environments) : ["${name}-plan", "${name}-apply"]]))
    error_message = "Name the identities plan and apply of each environment of contract/environments.yaml, and no other."
  }
}

data "azurerm_client_config" "current" {}

locals {
  contract           = yamldecode(file("${path.module}/../../../contract/environments.yaml"))
  resource_providers = ["Microsoft.ContainerRegistry", "Microsoft.Authorization"]
  # Where clusters are, and where production's copies go.
  regions = toset(flatten([for environment in values(local.contract.environments) : [for region in environment.regions : [region, local.contract.regions[region].pair]]]))
}

module "naming" {
  source = "../../modules/naming"

  rules        = yamldecode(file("${path.module}/../../../contract/naming.yaml"))
  product      = local.contract.product
  environment  = "shared"
  region       = var.region
  region_short = local.contract.regions[var.region].short
  seed         = data.azurerm_client_config.current.subscription_id
  tags         = merge(var.tags, { purpose = "what environments share" })
}

resource "azurerm_resource_group" "this" {
  name     = module.naming.names.resource_group
  location = var.region
  tags     = module.naming.tags
}

resource "azurerm_management_lock" "this" {
  name       = "shared"
  scope      = azurerm_resource_group.this.id
  lock_level = "CanNotDelete"
  notes      = "Every environment pulls its images from here."
}

module "registry" {
  source = "../../modules/registry"

  name            = module.naming.names.registry
  tags            = module.naming.tags
  location        = var.region
  group           = azurerm_resource_group.this.name
  replica_regions = sort(setsubtract(local.regions, [var.region]))
}

# Each environment's cluster pulls from here and its network has an endpoint of it. The registry lies in a subscription of its own, so
# apply may agree to the connection and give the right to pull, and no other right; plan looks.
locals {
  appliers = { for name, id in var.jobs : name => id if endswith(name, "-apply") }
  planners = { for name, id in var.jobs : name => id if endswith(name, "-plan") }
}

resource "azurerm_role_definition" "connect" {
  name              = "Sentimark connect to registry"
  scope             = azurerm_resource_group.this.id
  assignable_scopes = [azurerm_resource_group.this.id]

  permissions {
    actions = ["Microsoft.ContainerRegistry/registries/read", "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action"]
  }
}

resource "azurerm_role_assignment" "connect" {
  for_each = local.appliers

  scope              = module.registry.id
  role_definition_id = azurerm_role_definition.connect.role_definition_resource_id
  principal_id       = each.value
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "give_pull" {
  for_each = local.appliers

  scope                = module.registry.id
  role_definition_name = "Role Based Access Control Administrator"
  principal_id         = each.value
  principal_type       = "ServicePrincipal"
  condition_version    = "2.0"
  # 7f951dda-4ed3-4680-a7ca-43fe172d538d is AcrPull.
  condition = <<-TXT
    ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR
    (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {7f951dda-4ed3-4680-a7ca-43fe172d538d}))
    AND
    ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR
    (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {7f951dda-4ed3-4680-a7ca-43fe172d538d}))
  TXT
}

resource "azurerm_role_assignment" "look" {
  for_each = local.planners

  scope                = module.registry.id
  role_definition_name = "Reader"
  principal_id         = each.value
  principal_type       = "ServicePrincipal"
}

output "shared" {
  description = "For the variable `shared` of the stack region."
  value       = { registry_id = module.registry.id, registry_host = module.registry.host }
}
