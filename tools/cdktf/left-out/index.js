// Stands for @cdktf/hcl2cdk, jsii and jsii-pacmak (pnpm-workspace.yaml): the CLI loads or looks for them at every start, and they
// bring 190 MB for `cdktf convert` and for other languages. Our `cdktf` refuses the commands that would call them
// (tools/deploy/src/cdktf/commands.ts).
