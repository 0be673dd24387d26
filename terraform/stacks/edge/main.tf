# Last: the public entrance. It needs the private link services that the gateways' charts make. The owner of each then approves
# the connection once (docs/operations/first-deploy.md): azurerm cannot.

variable "environment" {
  type = string

  validation {
    condition     = contains(keys(local.contract.environments), var.environment)
    error_message = "The environment is none of contract/environments.yaml."
  }
}

variable "region" {
  description = "Where the group of the (global) front door is recorded."
  type        = string

  validation {
    condition     = contains(local.contract.environments[var.environment].regions, var.region)
    error_message = "contract/environments.yaml does not name this region for this environment."
  }
}

variable "tags" {
  type = object({ owner = string, cost-center = string })
}

variable "origins" {
  description = "By region: the gateway's host name, the group of the nodes (where its private link service stands) and the order."
  type        = map(object({ host = string, node_group = string, priority = number }))

  validation {
    condition     = length(setsubtract(keys(var.origins), local.contract.environments[var.environment].regions)) == 0
    error_message = "An origin stands in a region that contract/environments.yaml does not name for this environment."
  }
}

data "azurerm_client_config" "current" {}

locals {
  contract           = yamldecode(file("${path.module}/../../../contract/environments.yaml"))
  resource_providers = ["Microsoft.Cdn", "Microsoft.Network"]
}

module "naming" {
  source = "../../modules/naming"

  rules        = yamldecode(file("${path.module}/../../../contract/naming.yaml"))
  product      = local.contract.product
  environment  = var.environment
  region       = var.region
  region_short = "edge"
  seed         = data.azurerm_client_config.current.subscription_id
  tags         = merge(var.tags, { purpose = local.contract.environments[var.environment].purpose })
}

resource "azurerm_resource_group" "this" {
  name     = module.naming.names.resource_group
  location = var.region
  tags     = module.naming.tags
}

module "frontdoor" {
  source = "../../modules/frontdoor"

  names         = module.naming.names
  tags          = module.naming.tags
  group         = azurerm_resource_group.this.name
  endpoint_name = "${local.contract.product}-${var.environment}"
  origins = {
    for region, origin in var.origins : region => {
      host     = origin.host
      priority = origin.priority
      link_id  = "/subscriptions/${data.azurerm_client_config.current.subscription_id}/resourceGroups/${origin.node_group}/providers/Microsoft.Network/privateLinkServices/pls-${local.contract.product}-${var.environment}-${local.contract.regions[region].short}"
    }
  }
}

output "host" { value = module.frontdoor.host }
