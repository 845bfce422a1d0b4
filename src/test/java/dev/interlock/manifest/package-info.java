@NullMarked
package dev.interlock.manifest;

import org.jspecify.annotations.NullMarked;
