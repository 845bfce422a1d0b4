@NullMarked
package dev.interlock.admission;

import org.jspecify.annotations.NullMarked;
