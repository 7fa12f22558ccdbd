/* convert_lists.c -- fields that are lists, one line of a kernel file per element.
 *
 * As in convert.c, each function is the writer of rows in knobs.c, and none looks at the host. */
#include <inttypes.h>
#include <stdio.h>

#include "cgroups/knobs.h"

static bool device_weight(const struct spec_resources *asked, size_t index, bool leaf,
			  uint64_t (*scale)(uint64_t), char *text, size_t size)
{
	const struct spec_weight_device *device;
	const struct maybe_u32 *weight;

	if (index >= asked->block_io.weight_device.count)
		return false;
	device = &asked->block_io.weight_device.at[index];
	weight = leaf ? &device->leaf_weight : &device->weight;
	text[0] = '\0';
	if (weight->given && weight->value)
		snprintf(text, size, "%" PRId64 ":%" PRId64 " %" PRIu64, device->major,
			 device->minor, scale ? scale(weight->value) : weight->value);
	return true;
}

/* An element may have only one of the two weights: its line is then empty, which is not written. */
bool write_weight_device(const struct knob *knob, const struct spec_resources *asked, size_t index,
			 struct knob_line *line)
{
	(void)knob;
	line->text = line->room;
	return device_weight(asked, index, false, NULL, line->room, sizeof line->room);
}

/* No kernel reads it any more: check.c learns from it whether somebody asks. */
bool write_leaf_weight_device(const struct knob *knob, const struct spec_resources *asked,
			      size_t index, struct knob_line *line)
{
	(void)knob;
	line->text = line->room;
	return device_weight(asked, index, true, NULL, line->room, sizeof line->room);
}

bool write_io_weight_device(const struct knob *knob, const struct spec_resources *asked,
			    size_t index, struct knob_line *line)
{
	line->else_file = "io.weight";
	line->else_text = line->spare;
	return write_weight_device(knob, asked, index, line) &&
	       device_weight(asked, index, false, cg_io_weight_of_blkio, line->spare,
			     sizeof line->spare);
}

static const struct spec_throttle_device *throttle_at(const struct knob *knob,
						      const struct spec_resources *asked,
						      size_t index)
{
	const struct spec_throttles *list =
		(const struct spec_throttles *)((const char *)asked + knob->offset);

	return index < list->count ? &list->at[index] : NULL;
}

bool write_throttle_v1(const struct knob *knob, const struct spec_resources *asked, size_t index,
		       struct knob_line *line)
{
	const struct spec_throttle_device *device = throttle_at(knob, asked, index);

	line->text = line->room;
	if (device)
		snprintf(line->room, sizeof line->room, "%" PRId64 ":%" PRId64 " %" PRIu64,
			 device->major, device->minor, device->rate);
	return device;
}

/* On v1 a rate of 0 takes the limit away; v2 says "max" for that. */
bool write_throttle_v2(const struct knob *knob, const struct spec_resources *asked, size_t index,
		       struct knob_line *line)
{
	const struct spec_throttle_device *device = throttle_at(knob, asked, index);
	char rate[24] = "max";

	if (!device)
		return false;
	if (device->rate)
		snprintf(rate, sizeof rate, "%" PRIu64, device->rate);
	line->text = line->room;
	snprintf(line->room, sizeof line->room, "%" PRId64 ":%" PRId64 " %s=%s", device->major,
		 device->minor, knob->v2.file, rate);
	line->file = "io.max";
	return true;
}

/* Two lines per element; a kernel before 5.7 has no rsvd files. */
static bool hugetlb(const struct spec_resources *asked, size_t index, const char *suffix,
		    struct knob_line *line)
{
	const struct spec_hugepage_limit *limit;

	if (index / 2 >= asked->hugepage_limits.count)
		return false;
	limit = &asked->hugepage_limits.at[index / 2];
	line->text = line->room;
	snprintf(line->room, sizeof line->room, "%" PRIu64, limit->limit);
	snprintf(line->spare, sizeof line->spare, "hugetlb.%s%s.%s", limit->page_size,
		 index % 2 ? ".rsvd" : "", suffix);
	line->file = line->spare;
	line->dispensable = index % 2;
	return true;
}

bool write_hugetlb_v1(const struct knob *knob, const struct spec_resources *asked, size_t index,
		      struct knob_line *line)
{
	return hugetlb(asked, index, knob->v1.file, line);
}

bool write_hugetlb_v2(const struct knob *knob, const struct spec_resources *asked, size_t index,
		      struct knob_line *line)
{
	return hugetlb(asked, index, knob->v2.file, line);
}

bool write_rdma(const struct knob *knob, const struct spec_resources *asked, size_t index,
		struct knob_line *line)
{
	const struct spec_rdma *device;
	char handles[32] = "", objects[32] = "";

	(void)knob;
	if (index >= asked->rdma.count)
		return false;
	device = &asked->rdma.at[index];
	if (device->hca_handles.given)
		snprintf(handles, sizeof handles, " hca_handle=%" PRIu32,
			 device->hca_handles.value);
	if (device->hca_objects.given)
		snprintf(objects, sizeof objects, " hca_object=%" PRIu32,
			 device->hca_objects.value);
	line->text = line->room;
	snprintf(line->room, sizeof line->room, "%s%s%s", device->device, handles, objects);
	return true;
}

bool write_priority(const struct knob *knob, const struct spec_resources *asked, size_t index,
		    struct knob_line *line)
{
	const struct spec_net_priority *priority;

	(void)knob;
	if (index >= asked->network.priorities.count)
		return false;
	priority = &asked->network.priorities.at[index];
	line->text = line->room;
	snprintf(line->room, sizeof line->room, "%s %" PRIu32, priority->name, priority->priority);
	return true;
}

bool write_unified(const struct knob *knob, const struct spec_resources *asked, size_t index,
		   struct knob_line *line)
{
	(void)knob;
	if (index >= asked->unified.count)
		return false;
	line->file = asked->unified.at[index].key;
	line->text = asked->unified.at[index].value;
	return true;
}
