# The one way out of the network: what is not named here stays inside.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "subnet_id" { type = string }
variable "node_range" { type = string }
variable "node_subnet_id" { type = string }
variable "runner_range" { type = string }
variable "zones" { type = list(string) }
variable "workspace_id" { type = string }

variable "tier" {
  type = string

  validation {
    condition     = contains(["Standard", "Premium"], var.tier)
    error_message = "The firewall's tier is Standard or Premium: Basic cannot deny by threat intelligence."
  }
}

variable "allowed_names" {
  description = "Host names that pods may reach on port 443, beside what AKS itself needs."
  type        = list(string)
}

locals {
  # docs.github.com: self-hosted runners, communication; learn.microsoft.com: Container Apps with user defined routes.
  runner_names = [
    "github.com", "*.github.com", "*.githubusercontent.com", "*.actions.githubusercontent.com", "ghcr.io",
    "*.blob.core.windows.net", "mcr.microsoft.com", "*.data.mcr.microsoft.com", "login.microsoftonline.com", "*.login.microsoft.com",
    "*.identity.azure.net", "management.azure.com", "registry.terraform.io", "releases.hashicorp.com",
  ]
}

resource "azurerm_public_ip" "this" {
  name                = var.names.public_ip
  location            = var.location
  resource_group_name = var.group
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = var.zones
  tags                = var.tags
}

resource "azurerm_firewall_policy" "this" {
  name                     = var.names.firewall_policy
  location                 = var.location
  resource_group_name      = var.group
  sku                      = var.tier
  threat_intelligence_mode = "Deny"
  tags                     = var.tags

  dns {
    proxy_enabled = true
  }

  insights {
    enabled                            = true
    default_log_analytics_workspace_id = var.workspace_id
  }

  dynamic "intrusion_detection" {
    for_each = var.tier == "Premium" ? ["Deny"] : []
    content {
      mode = intrusion_detection.value
    }
  }
}

resource "azurerm_firewall_policy_rule_collection_group" "egress" {
  name               = "egress"
  firewall_policy_id = azurerm_firewall_policy.this.id
  priority           = 500

  application_rule_collection {
    name     = "cluster"
    priority = 100
    action   = "Allow"

    rule {
      name                  = "what-aks-needs"
      source_addresses      = [var.node_range]
      destination_fqdn_tags = ["AzureKubernetesService"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    dynamic "rule" {
      for_each = length(var.allowed_names) > 0 ? [var.allowed_names] : []
      content {
        name              = "what-pods-may-reach"
        source_addresses  = [var.node_range]
        destination_fqdns = rule.value

        protocols {
          type = "Https"
          port = 443
        }
      }
    }
  }

  application_rule_collection {
    name     = "runners"
    priority = 110
    action   = "Allow"

    rule {
      name              = "what-runners-need"
      source_addresses  = [var.runner_range]
      destination_fqdns = local.runner_names

      protocols {
        type = "Https"
        port = 443
      }
    }
  }

  network_rule_collection {
    name     = "time"
    priority = 200
    action   = "Allow"

    rule {
      name                  = "time"
      protocols             = ["UDP"]
      source_addresses      = [var.node_range]
      destination_addresses = ["*"]
      destination_ports     = ["123"]
    }
  }
}

resource "azurerm_firewall" "this" {
  name                = var.names.firewall
  location            = var.location
  resource_group_name = var.group
  sku_name            = "AZFW_VNet"
  sku_tier            = var.tier
  firewall_policy_id  = azurerm_firewall_policy.this.id
  zones               = var.zones
  tags                = var.tags

  ip_configuration {
    name                 = "egress"
    subnet_id            = var.subnet_id
    public_ip_address_id = azurerm_public_ip.this.id
  }
}

resource "azurerm_route_table" "egress" {
  name                          = var.names.route_table
  location                      = var.location
  resource_group_name           = var.group
  bgp_route_propagation_enabled = false
  tags                          = var.tags
}

resource "azurerm_route" "default" {
  name                   = "everything-through-the-firewall"
  resource_group_name    = var.group
  route_table_name       = azurerm_route_table.egress.name
  address_prefix         = "0.0.0.0/0"
  next_hop_type          = "VirtualAppliance"
  next_hop_in_ip_address = azurerm_firewall.this.ip_configuration[0].private_ip_address
}

resource "azurerm_subnet_route_table_association" "nodes" {
  subnet_id      = var.node_subnet_id
  route_table_id = azurerm_route_table.egress.id

  # A cluster that starts before the rules exist cannot pull its own images.
  depends_on = [azurerm_route.default, azurerm_firewall_policy_rule_collection_group.egress]
}

output "id" { value = azurerm_firewall.this.id }
output "route_table_id" { value = azurerm_route_table.egress.id }
output "egress_ready" { value = azurerm_subnet_route_table_association.nodes.id }
