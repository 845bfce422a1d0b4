/// The command line: what a person asks about owners, workloads, decisions, drift and feedback, answered with that
/// person's own rights. A leaf: commands read a [dev.interlock.kubernetes.ClusterView], pure functions make the answer.
@NullMarked
package dev.interlock.cli;

import org.jspecify.annotations.NullMarked;
