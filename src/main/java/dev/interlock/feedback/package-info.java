/// What happened, turned into what a policy's checks hold people to for a while. Pure: declared rules,
/// history and the time in, tightenings out (law 11).
@NullMarked
package dev.interlock.feedback;

import org.jspecify.annotations.NullMarked;
