# A droplet that runs Spinup, behind a firewall that lets in HTTPS (and you, by SSH):
#   terraform init
#   terraform apply -var address=https://spinup.example.com -var package=https://example.com/spinup-0.1.0.tgz
# It takes the token of the account from DIGITALOCEAN_TOKEN. The console's password is an output:
#   terraform output -raw password

terraform {
  required_version = ">= 1.5"
  required_providers {
    digitalocean = {
      source  = "digitalocean/digitalocean"
      version = "~> 2.40"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.6"
    }
  }
}

variable "address" {
  description = "Where agents and browsers reach the bot: https:// and a name that leads to the droplet."
  type        = string
  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.address))
    error_message = "It takes https:// and a name, e.g. https://spinup.example.com."
  }
}

variable "package" {
  description = "Address of the file that npm pack makes, for the droplet to fetch."
  type        = string
}

variable "domain" {
  description = "The domain of that name, if DigitalOcean has its DNS: then the record is made, too."
  type        = string
  default     = null
}

variable "region" {
  type    = string
  default = "fra1"
}

variable "size" {
  description = "$6 a month, and enough for some dozens of members."
  type        = string
  default     = "s-1vcpu-1gb"
}

variable "ssh_keys" {
  description = "Ids or fingerprints of keys in the account; none: no way in but the panel's console."
  type        = list(string)
  default     = []
}

variable "ssh_from" {
  description = "Networks that may reach port 22, e.g. [\"203.0.113.7/32\"]."
  type        = list(string)
  default     = []
}

variable "reserved_ip" {
  description = "An address that stays when the droplet is replaced; free while it is assigned."
  type        = bool
  default     = false
}

locals {
  host = trimprefix(var.address, "https://")
  # The file as it is for people, with what they would type.
  user_data = replace(replace(replace(file("${path.module}/../cloud-init.yaml"),
    "https://spinup.example.com", var.address),
    "https://example.com/spinup.tgz", var.package),
  "EXAMPLE-password", random_password.console.result)
}

resource "random_password" "console" {
  length  = 24
  special = false
}

resource "digitalocean_droplet" "spinup" {
  name       = "spinup"
  image      = "debian-12-x64"
  region     = var.region
  size       = var.size
  ssh_keys   = var.ssh_keys
  monitoring = true
  user_data  = local.user_data

  # Other user data would be another droplet, and its data gone: bring the bot up to date with install.sh.
  lifecycle {
    ignore_changes = [user_data, image]
  }
}

resource "digitalocean_firewall" "spinup" {
  name        = "spinup"
  droplet_ids = [digitalocean_droplet.spinup.id]

  # 80 is for the certificate, and leads on to 443.
  dynamic "inbound_rule" {
    for_each = ["80", "443"]
    content {
      protocol         = "tcp"
      port_range       = inbound_rule.value
      source_addresses = ["0.0.0.0/0", "::/0"]
    }
  }

  dynamic "inbound_rule" {
    for_each = length(var.ssh_from) > 0 ? ["22"] : []
    content {
      protocol         = "tcp"
      port_range       = inbound_rule.value
      source_addresses = var.ssh_from
    }
  }

  dynamic "outbound_rule" {
    for_each = ["tcp", "udp", "icmp"]
    content {
      protocol              = outbound_rule.value
      port_range            = outbound_rule.value == "icmp" ? null : "1-65535"
      destination_addresses = ["0.0.0.0/0", "::/0"]
    }
  }
}

resource "digitalocean_reserved_ip" "spinup" {
  count      = var.reserved_ip ? 1 : 0
  region     = var.region
  droplet_id = digitalocean_droplet.spinup.id
}

resource "digitalocean_record" "spinup" {
  count  = var.domain == null ? 0 : 1
  domain = var.domain
  type   = "A"
  name   = local.host == var.domain ? "@" : trimsuffix(local.host, ".${coalesce(var.domain, "-")}")
  value  = local.ip
  ttl    = 300
}

locals {
  ip = var.reserved_ip ? digitalocean_reserved_ip.spinup[0].ip_address : digitalocean_droplet.spinup.ipv4_address
}

output "ip" {
  description = "What the name has to lead to."
  value       = local.ip
}

output "password" {
  description = "Of the console."
  value       = random_password.console.result
  sensitive   = true
}
