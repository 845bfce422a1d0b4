@NullMarked
package dev.interlock.metrics;

import org.jspecify.annotations.NullMarked;
