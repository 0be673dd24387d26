# A resource's address inside the network, and its name in the private zone.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "subnet_id" { type = string }
variable "resource_id" { type = string }
variable "subresource" { type = string }
variable "zone_id" { type = string }

resource "azurerm_private_endpoint" "this" {
  name                = "pe-${var.name}-${var.subresource}"
  location            = var.location
  resource_group_name = var.group
  subnet_id           = var.subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = var.subresource
    private_connection_resource_id = var.resource_id
    subresource_names              = [var.subresource]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "zone"
    private_dns_zone_ids = [var.zone_id]
  }
}
