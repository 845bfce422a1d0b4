@NullMarked
package dev.interlock.api;

import org.jspecify.annotations.NullMarked;
