/* SPDX-License-Identifier: MIT */
/*
 * Whose sentences are weighed, in which order are they told?
 */
#include "claims/claims.h"

const struct ft_claim *const ft_claim_chapters[] = {
	ft_claims_manual,   ft_claims_standard, ft_claims_kernel,
	ft_claims_folklore, ft_claims_runtime,  NULL,
};
