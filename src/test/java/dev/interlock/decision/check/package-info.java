@NullMarked
package dev.interlock.decision.check;

import org.jspecify.annotations.NullMarked;
