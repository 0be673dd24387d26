# One virtual network for a cluster and everything it talks to. Subnets are cut from the range, so they cannot overlap; each has
# a security group that ends in a deny of its own, and everything that leaves the nodes passes the firewall.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }

variable "address_space" {
  type = string

  validation {
    condition     = can(cidrsubnets(var.address_space, 2, 4, 4, 6, 6, 6, 6)) && tonumber(split("/", var.address_space)[1]) <= 20
    error_message = "The virtual network needs a range of at least /20, in the form 10.10.0.0/20."
  }
}

variable "other_ranges" {
  description = "Pod and service ranges: inside the cluster only, but they must not hide an address of the network."
  type        = map(string)
}

locals {
  parts = cidrsubnets(var.address_space, 2, 4, 4, 6, 6, 6, 6)
  subnets = {
    nodes     = local.parts[0]
    endpoints = local.parts[1]
    gateway   = local.parts[2]
    link      = local.parts[5]
  }
  # Azure decides the names of these two.
  firewall_range = local.parts[3]
  bastion_range  = local.parts[4]
  # Cut here, so that nothing overlaps; the module runners makes the subnet.
  runners_range = local.parts[6]

  ranges = merge(var.other_ranges, { network = var.address_space })
  bounds = {
    for name, range in local.ranges : name => {
      first = sum([for index, octet in split(".", cidrhost(range, 0)) : tonumber(octet) * pow(256, 3 - index)])
      last  = sum([for index, octet in split(".", cidrhost(range, 0)) : tonumber(octet) * pow(256, 3 - index)]) + pow(2, 32 - tonumber(split("/", range)[1])) - 1
    }
  }
  overlaps = [
    for pair in setproduct(keys(local.bounds), keys(local.bounds)) : join(" and ", pair)
    if index(keys(local.bounds), pair[0]) < index(keys(local.bounds), pair[1]) &&
    local.bounds[pair[0]].first <= local.bounds[pair[1]].last && local.bounds[pair[1]].first <= local.bounds[pair[0]].last
  ]

  # What may come in, by subnet; the firewall's and the bastion's ranges are the only neighbours beside these.
  allowed = {
    nodes = [
      { name = "from-nodes", priority = 100, source = local.parts[0], protocol = "*", ports = ["0-65535"] },
      { name = "from-gateway", priority = 110, source = local.parts[2], protocol = "Tcp", ports = ["30000-32767", "8080", "8443"] },
      { name = "from-bastion", priority = 120, source = local.bastion_range, protocol = "Tcp", ports = ["22"] },
      { name = "from-load-balancer", priority = 130, source = "AzureLoadBalancer", protocol = "*", ports = ["0-65535"] },
    ]
    endpoints = [
      { name = "from-nodes", priority = 100, source = local.parts[0], protocol = "Tcp", ports = ["443", "5432", "5671", "8086", "10000"] },
      { name = "from-bastion", priority = 110, source = local.bastion_range, protocol = "Tcp", ports = ["443", "5432"] },
      { name = "from-runners", priority = 120, source = local.runners_range, protocol = "Tcp", ports = ["443"] },
    ]
    gateway = [
      { name = "from-link", priority = 100, source = local.parts[5], protocol = "Tcp", ports = ["443"] },
      { name = "from-nodes", priority = 110, source = local.parts[0], protocol = "Tcp", ports = ["443"] },
      { name = "from-load-balancer", priority = 120, source = "AzureLoadBalancer", protocol = "Tcp", ports = ["443"] },
    ]
    link = [
      { name = "from-link", priority = 100, source = local.parts[5], protocol = "Tcp", ports = ["443"] },
    ]
  }
}

resource "azurerm_virtual_network" "this" {
  name                = var.names.virtual_network
  location            = var.location
  resource_group_name = var.group
  address_space       = [var.address_space]
  tags                = var.tags

  lifecycle {
    precondition {
      condition     = length(local.overlaps) == 0
      error_message = "These ranges overlap: ${join(", ", local.overlaps)}."
    }
  }
}

resource "azurerm_subnet" "this" {
  for_each = local.subnets

  name                              = each.key
  resource_group_name               = var.group
  virtual_network_name              = azurerm_virtual_network.this.name
  address_prefixes                  = [each.value]
  default_outbound_access_enabled   = false
  private_endpoint_network_policies = "Enabled"
  # A private link service takes its addresses from a subnet without policies.
  private_link_service_network_policies_enabled = each.key != "link"
}

resource "azurerm_subnet" "firewall" {
  name                            = "AzureFirewallSubnet"
  resource_group_name             = var.group
  virtual_network_name            = azurerm_virtual_network.this.name
  address_prefixes                = [local.firewall_range]
  default_outbound_access_enabled = false
}

resource "azurerm_subnet" "bastion" {
  name                            = "AzureBastionSubnet"
  resource_group_name             = var.group
  virtual_network_name            = azurerm_virtual_network.this.name
  address_prefixes                = [local.bastion_range]
  default_outbound_access_enabled = false
}

resource "azurerm_network_security_group" "this" {
  for_each = local.subnets

  name                = "nsg-${each.key}"
  location            = var.location
  resource_group_name = var.group
  tags                = var.tags
}

resource "azurerm_network_security_rule" "allow" {
  for_each = merge([for subnet, rules in local.allowed : { for rule in rules : "${subnet}/${rule.name}" => merge(rule, { subnet = subnet }) }]...)

  name                        = each.value.name
  resource_group_name         = var.group
  network_security_group_name = azurerm_network_security_group.this[each.value.subnet].name
  priority                    = each.value.priority
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = each.value.protocol
  source_port_range           = "*"
  destination_port_ranges     = each.value.ports
  source_address_prefix       = each.value.source
  destination_address_prefix  = local.subnets[each.value.subnet]
}

resource "azurerm_network_security_rule" "deny" {
  for_each = local.subnets

  name                        = "deny-the-rest"
  resource_group_name         = var.group
  network_security_group_name = azurerm_network_security_group.this[each.key].name
  priority                    = 4096
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = local.subnets

  subnet_id                 = azurerm_subnet.this[each.key].id
  network_security_group_id = azurerm_network_security_group.this[each.key].id
}

output "id" { value = azurerm_virtual_network.this.id }
output "name" { value = azurerm_virtual_network.this.name }
output "subnet_ids" {
  value = merge({ for name, subnet in azurerm_subnet.this : name => subnet.id }, { firewall = azurerm_subnet.firewall.id, bastion = azurerm_subnet.bastion.id })
}
output "ranges" { value = merge(local.subnets, { runners = local.runners_range }) }
output "gateway_ip" { value = cidrhost(local.subnets.gateway, 10) }
