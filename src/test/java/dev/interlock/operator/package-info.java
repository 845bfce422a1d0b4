@NullMarked
package dev.interlock.operator;

import org.jspecify.annotations.NullMarked;
