/// The composition root: the only package that knows every other one.
@NullMarked
package dev.interlock;

import org.jspecify.annotations.NullMarked;
