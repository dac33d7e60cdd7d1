# As small a network as a load balancer and a cache accept.
variable "cidr" {
  type = string
}

data "aws_availability_zones" "all" {
  state = "available"
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "public" {
  count             = 3
  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.all.names[count.index]
  cidr_block        = cidrsubnet(var.cidr, 8, count.index)
}

resource "aws_security_group" "this" {
  name        = "open-to-nobody"
  description = "Open to nobody"
  vpc_id      = aws_vpc.this.id
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "subnet_ids" {
  value = aws_subnet.public[*].id
}

output "security_group_id" {
  value = aws_security_group.this.id
}
