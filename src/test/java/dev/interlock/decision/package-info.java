@NullMarked
package dev.interlock.decision;

import org.jspecify.annotations.NullMarked;
