@NullMarked
package dev.interlock.kubernetes;

import org.jspecify.annotations.NullMarked;
