@NullMarked
package dev.interlock.drift;

import org.jspecify.annotations.NullMarked;
