# The exact p-values in test_groups.py: Rscript tests/statistics/coin.R
library(coin)
cases <- list(
  list(a = c(2, 2, 3, 4), b = c(3, 4, 4, 5, 5)),
  list(a = c(1), b = c(2, 3, 3, 5)),
  list(a = c(1, 1, 2, 5, 3, 3), b = c(2, 2, 2, 4, 5)),
  list(a = c(1, 2, 2, 3, 3, 3, 4, 1, 2), b = c(2, 3, 4, 4, 5, 5, 3, 4, 4, 5)),
  list(a = c(5, 5, 4), b = c(1, 2, 1))
)
for (x in cases) {
  group <- factor(rep(c("a", "b"), c(length(x$a), length(x$b))))
  test <- wilcox_test(c(x$a, x$b) ~ group, distribution = "exact")
  cat(x$a, "|", x$b, "|", format(pvalue(test), digits = 15), "\n")
}
cat(R.version.string, "coin", as.character(packageVersion("coin")), "\n")
