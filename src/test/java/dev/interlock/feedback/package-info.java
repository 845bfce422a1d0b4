@NullMarked
package dev.interlock.feedback;

import org.jspecify.annotations.NullMarked;
