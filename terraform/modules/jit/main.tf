# People have no standing rights: a member of the operators' group asks for a role, gets it for hours, and the eligibility itself
# ends. The way in is the bastion, which needs no public address on anything else.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "group_id" { type = string }
variable "subscription_id" { type = string }
variable "subnet_id" { type = string }
variable "operators_group_id" { type = string }
variable "zones" { type = list(string) }

variable "eligible_days" {
  type = number

  validation {
    condition     = var.eligible_days >= 1 && var.eligible_days <= 365
    error_message = "Eligibility ends after 1 to 365 days: nobody is eligible for ever."
  }
}

locals {
  # Built-in roles, by their ids: those of a plan are compared with them by a test.
  roles = {
    cluster_admin      = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b" # Azure Kubernetes Service RBAC Cluster Admin
    cluster_user       = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f" # Azure Kubernetes Service Cluster User Role
    secrets_officer    = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7" # Key Vault Secrets Officer
    monitoring_contrib = "749f88d5-cbae-40b8-bcfc-e573ddc772fa" # Monitoring Contributor
  }
}

resource "azurerm_pim_eligible_role_assignment" "operators" {
  for_each = local.roles

  scope              = var.group_id
  role_definition_id = "/subscriptions/${var.subscription_id}/providers/Microsoft.Authorization/roleDefinitions/${each.value}"
  principal_id       = var.operators_group_id
  justification      = "Operators of the platform; renewed by terraform apply."

  schedule {
    expiration {
      duration_days = var.eligible_days
    }
  }
}

resource "azurerm_public_ip" "bastion" {
  name                = "${var.names.public_ip}-bastion"
  location            = var.location
  resource_group_name = var.group
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = var.zones
  tags                = var.tags
}

resource "azurerm_bastion_host" "this" {
  name                   = var.names.bastion
  location               = var.location
  resource_group_name    = var.group
  sku                    = "Standard"
  tunneling_enabled      = true
  copy_paste_enabled     = false
  file_copy_enabled      = false
  shareable_link_enabled = false
  tags                   = var.tags

  ip_configuration {
    name                 = "entrance"
    subnet_id            = var.subnet_id
    public_ip_address_id = azurerm_public_ip.bastion.id
  }
}

output "bastion_id" { value = azurerm_bastion_host.this.id }
