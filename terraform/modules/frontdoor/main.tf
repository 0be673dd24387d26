# The platform's one public address: Front Door Premium with a firewall that prevents, and a private link to each region's gateway.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "group" { type = string }
variable "endpoint_name" { type = string }

variable "origins" {
  description = "By region. priority 1 takes the traffic; the others take over in order."
  type        = map(object({ host = string, link_id = string, priority = number }))

  validation {
    condition     = length(distinct([for origin in values(var.origins) : origin.priority])) == length(var.origins)
    error_message = "Each region needs a priority of its own: the order of failing over is written down, not left to chance."
  }

  validation {
    condition     = alltrue([for origin in values(var.origins) : origin.priority >= 1 && origin.priority <= 5])
    error_message = "Priorities are 1 to 5."
  }
}

resource "azurerm_cdn_frontdoor_profile" "this" {
  name                     = var.names.front_door
  resource_group_name      = var.group
  sku_name                 = "Premium_AzureFrontDoor" # Private links need Premium.
  response_timeout_seconds = 60
  tags                     = var.tags
}

resource "azurerm_cdn_frontdoor_endpoint" "this" {
  name                     = var.endpoint_name
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id
  tags                     = var.tags
}

resource "azurerm_cdn_frontdoor_origin_group" "this" {
  name                                                      = "clusters"
  cdn_frontdoor_profile_id                                  = azurerm_cdn_frontdoor_profile.this.id
  session_affinity_enabled                                  = false
  restore_traffic_time_to_healed_or_new_endpoint_in_minutes = 10

  health_probe {
    protocol            = "Https"
    path                = "/healthz"
    request_type        = "GET"
    interval_in_seconds = 30
  }

  load_balancing {
    sample_size                        = 4
    successful_samples_required        = 3
    additional_latency_in_milliseconds = 50
  }
}

resource "azurerm_cdn_frontdoor_origin" "this" {
  for_each = var.origins

  name                           = each.key
  cdn_frontdoor_origin_group_id  = azurerm_cdn_frontdoor_origin_group.this.id
  enabled                        = true
  host_name                      = each.value.host
  origin_host_header             = each.value.host
  certificate_name_check_enabled = true
  https_port                     = 443
  priority                       = each.value.priority
  weight                         = 1000

  private_link {
    location               = each.key
    private_link_target_id = each.value.link_id
    request_message        = "front door of ${var.endpoint_name}"
  }
}

resource "azurerm_cdn_frontdoor_route" "this" {
  name                          = "everything"
  cdn_frontdoor_endpoint_id     = azurerm_cdn_frontdoor_endpoint.this.id
  cdn_frontdoor_origin_group_id = azurerm_cdn_frontdoor_origin_group.this.id
  cdn_frontdoor_origin_ids      = [for origin in azurerm_cdn_frontdoor_origin.this : origin.id]
  patterns_to_match             = ["/*"]
  supported_protocols           = ["Http", "Https"]
  https_redirect_enabled        = true
  forwarding_protocol           = "HttpsOnly"
  link_to_default_domain        = true
}

resource "azurerm_cdn_frontdoor_firewall_policy" "this" {
  name                              = var.names.web_firewall_policy
  resource_group_name               = var.group
  sku_name                          = azurerm_cdn_frontdoor_profile.this.sku_name
  enabled                           = true
  mode                              = "Prevention"
  request_body_check_enabled        = true
  custom_block_response_status_code = 403
  tags                              = var.tags

  managed_rule {
    type    = "Microsoft_DefaultRuleSet"
    version = "2.1"
    action  = "Block"
  }

  managed_rule {
    type    = "Microsoft_BotManagerRuleSet"
    version = "1.1"
    action  = "Block"
  }

  custom_rule {
    name                           = "RateLimit"
    type                           = "RateLimitRule"
    action                         = "Block"
    priority                       = 100
    rate_limit_duration_in_minutes = 1
    rate_limit_threshold           = 1000

    match_condition {
      match_variable     = "SocketAddr"
      operator           = "IPMatch"
      match_values       = ["0.0.0.0/0", "::/0"]
      negation_condition = false
    }
  }
}

resource "azurerm_cdn_frontdoor_security_policy" "this" {
  name                     = "firewall"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id

  security_policies {
    firewall {
      cdn_frontdoor_firewall_policy_id = azurerm_cdn_frontdoor_firewall_policy.this.id

      association {
        patterns_to_match = ["/*"]

        domain {
          cdn_frontdoor_domain_id = azurerm_cdn_frontdoor_endpoint.this.id
        }
      }
    }
  }
}

output "id" { value = azurerm_cdn_frontdoor_profile.this.id }
output "host" { value = azurerm_cdn_frontdoor_endpoint.this.host_name }
