# A service whose tasks somebody runs: each apply waits for them.

variable "release" {
  type = number
}

data "aws_subnets" "own" {}

data "aws_security_groups" "own" {}

resource "aws_ecs_cluster" "own" {
  name = "steady"
}

resource "aws_ecs_task_definition" "own" {
  family       = "steady"
  network_mode = "awsvpc"
  skip_destroy = true
  container_definitions = jsonencode([
    { name = "app", image = "app:${var.release}", memory = 64, essential = true }
  ])
}

resource "aws_ecs_service" "own" {
  name                  = "app"
  cluster               = aws_ecs_cluster.own.arn
  task_definition       = aws_ecs_task_definition.own.arn
  desired_count         = 2
  wait_for_steady_state = true
  force_new_deployment  = true
  network_configuration {
    subnets         = data.aws_subnets.own.ids
    security_groups = data.aws_security_groups.own.ids
  }

  lifecycle {
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.own.arn
      error_message = "the deployment was undone"
    }
  }
}
