/// One class for each kind of check.
@NullMarked
package dev.interlock.decision.check;

import org.jspecify.annotations.NullMarked;
