/// What may go on, and why: the request, the evidence, the checks and the one evaluator. Pure: no clock, no disk, no
/// cluster.
@NullMarked
package dev.interlock.decision;

import org.jspecify.annotations.NullMarked;
