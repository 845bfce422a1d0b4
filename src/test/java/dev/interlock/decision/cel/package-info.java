@NullMarked
package dev.interlock.decision.cel;

import org.jspecify.annotations.NullMarked;
