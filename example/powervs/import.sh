#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Runs only when the gate opened. Puts the checksum file beside the image, and has
# Power VS check the image against it: the digest that was signed is the digest that
# is imported.
set -eu
aws s3 cp "$IMAGE.sha256" "s3://$BUCKET/$(basename "$IMAGE").sha256" \
  --endpoint-url "https://s3.$REGION.cloud-object-storage.appdomain.cloud" --only-show-errors
ibmcloud pi workspace target "$WORKSPACE"
ibmcloud pi image import "$IMAGE_NAME" --os-type aix --checksum=True \
  --image-file-name "$(basename "$IMAGE")" --bucket "$BUCKET" --region "$REGION" \
  --access-key "$AWS_ACCESS_KEY_ID" --secret-key "$AWS_SECRET_ACCESS_KEY"
