// SPDX-License-Identifier: MIT
// MessageAccessible on GTK: objects of the accessibility toolkit, made for the widget the conversation is drawn on.
#include "gui/message_accessible.h"

#include "gui/message_view.h"
#include "gui/text.h"

#include <gtk/gtk-a11y.h>
#include <gtk/gtk.h>

#include <string>
#include <vector>

namespace {

using coterie::gui::MessageView;

// ── one message ──

struct Row {
  AtkObject parent;
  MessageView* view;   // nullptr once the window is gone
  std::size_t place;   // among those on the screen
};
struct RowClass {
  AtkObjectClass parent;
};

void row_component(AtkComponentIface* interface);

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
G_DEFINE_TYPE_WITH_CODE(Row, coterie_row, ATK_TYPE_OBJECT, G_IMPLEMENT_INTERFACE(ATK_TYPE_COMPONENT, row_component))
G_GNUC_END_IGNORE_DEPRECATIONS

Row* as_row(gpointer object) { return static_cast<Row*>(object); }

AtkStateSet* row_states(AtkObject* object) {
  auto* states = ATK_OBJECT_CLASS(coterie_row_parent_class)->ref_state_set(object);
  const auto* row = as_row(object);
  if (row->view == nullptr) {
    atk_state_set_add_state(states, ATK_STATE_DEFUNCT);
    return states;
  }
  for (const auto state :
       {ATK_STATE_ENABLED, ATK_STATE_SENSITIVE, ATK_STATE_VISIBLE, ATK_STATE_FOCUSABLE, ATK_STATE_SELECTABLE})
    atk_state_set_add_state(states, state);
  if (row->view->IsShownOnScreen()) atk_state_set_add_state(states, ATK_STATE_SHOWING);
  if (row->view->CurrentPlace() == row->place) {
    atk_state_set_add_state(states, ATK_STATE_SELECTED);
    if (row->view->HasFocus()) atk_state_set_add_state(states, ATK_STATE_FOCUSED);
  }
  return states;
}

gint row_index(AtkObject* object) { return static_cast<gint>(as_row(object)->place); }

void row_extents(AtkComponent* object, gint* x, gint* y, gint* width, gint* height, AtkCoordType type) {
  const auto* row = as_row(object);
  *x = *y = *width = *height = 0;
  if (row->view == nullptr) return;
  auto box = row->view->PlaceBox(row->place);
  if (type == ATK_XY_SCREEN) box.SetPosition(row->view->ClientToScreen(box.GetPosition()));
  *x = box.x;
  *y = box.y;
  *width = box.width;
  *height = box.height;
}

void row_component(AtkComponentIface* interface) { interface->get_extents = row_extents; }

void coterie_row_init(Row* row) {
  row->view = nullptr;
  row->place = 0;
}

void coterie_row_class_init(RowClass* type) {
  auto* object = ATK_OBJECT_CLASS(type);
  object->ref_state_set = row_states;
  object->get_index_in_parent = row_index;
}

// ── the list ──

struct List {
  GtkContainerAccessible parent;
  MessageView* view;
  std::vector<Row*>* rows;
};
struct ListClass {
  GtkContainerAccessibleClass parent;
};

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
G_DEFINE_TYPE(List, coterie_list, GTK_TYPE_CONTAINER_ACCESSIBLE)
G_GNUC_END_IGNORE_DEPRECATIONS

List* as_list(gpointer object) { return static_cast<List*>(object); }

gint list_count(AtkObject* object) { return static_cast<gint>(as_list(object)->rows->size()); }

AtkObject* list_child(AtkObject* object, gint place) {
  auto* list = as_list(object);
  if (place < 0 || static_cast<std::size_t>(place) >= list->rows->size()) return nullptr;
  return ATK_OBJECT(g_object_ref((*list->rows)[static_cast<std::size_t>(place)]));
}

AtkStateSet* list_states(AtkObject* object) {
  auto* states = ATK_OBJECT_CLASS(coterie_list_parent_class)->ref_state_set(object);
  atk_state_set_add_state(states, ATK_STATE_MANAGES_DESCENDANTS);
  return states;
}

void list_finalize(GObject* object) {
  auto* list = as_list(object);
  for (auto* row : *list->rows) {
    row->view = nullptr;
    g_object_unref(row);
  }
  delete list->rows;
  G_OBJECT_CLASS(coterie_list_parent_class)->finalize(object);
}

void coterie_list_init(List* list) {
  list->view = nullptr;
  list->rows = new std::vector<Row*>;
}

void coterie_list_class_init(ListClass* type) {
  G_OBJECT_CLASS(type)->finalize = list_finalize;
  auto* object = ATK_OBJECT_CLASS(type);
  object->get_n_children = list_count;
  object->ref_child = list_child;
  object->ref_state_set = list_states;
}

// ── in place of what the widget would answer by itself ──

constexpr const char* mark = "coterie-accessible";
AtkObject* (*usual_accessible)(GtkWidget*) = nullptr;

AtkObject* get_accessible(GtkWidget* widget) {
  auto* ours = g_object_get_data(G_OBJECT(widget), mark);
  return ours != nullptr ? ATK_OBJECT(ours) : usual_accessible(widget);
}

}   // namespace

namespace coterie::gui {

struct MessageAccessible::State {
  MessageView& view;
  GtkWidget* widget = nullptr;
  List* list = nullptr;
};

MessageAccessible::MessageAccessible(MessageView& view) : state_(std::make_unique<State>(State{view})) {
  state_->widget = view.m_wxwindow;
  auto* type = GTK_WIDGET_GET_CLASS(state_->widget);
  // A widget's accessible object is asked for by its class; only the marked ones get another answer.
  if (type->get_accessible != get_accessible) {
    usual_accessible = type->get_accessible;
    type->get_accessible = get_accessible;
  }
  // Without its widget the list would be told as one that is gone: not showing, and not to be focused.
  state_->list = static_cast<List*>(g_object_new(coterie_list_get_type(), "widget", state_->widget, nullptr));
  state_->list->view = &view;
  atk_object_initialize(ATK_OBJECT(state_->list), state_->widget);
  atk_object_set_role(ATK_OBJECT(state_->list), ATK_ROLE_LIST);
  atk_object_set_name(ATK_OBJECT(state_->list), to_utf8(_("Messages")).c_str());
  g_object_set_data_full(G_OBJECT(state_->widget), mark, state_->list, g_object_unref);
}

MessageAccessible::~MessageAccessible() {
  for (auto* row : *state_->list->rows) row->view = nullptr;
}

void MessageAccessible::Changed() {
  auto& rows = *state_->list->rows;
  const auto count = state_->view.PlaceCount();
  auto* parent = ATK_OBJECT(state_->list);
  while (rows.size() > count) {
    auto* row = rows.back();
    rows.pop_back();
    row->view = nullptr;
    g_signal_emit_by_name(parent, "children-changed::remove", static_cast<guint>(rows.size()), row, nullptr);
    g_object_unref(row);
  }
  while (rows.size() < count) {
    auto* row = static_cast<Row*>(g_object_new(coterie_row_get_type(), nullptr));
    row->view = &state_->view;
    row->place = rows.size();
    atk_object_set_role(ATK_OBJECT(row), ATK_ROLE_LIST_ITEM);
    atk_object_set_parent(ATK_OBJECT(row), parent);
    rows.push_back(row);
    g_signal_emit_by_name(parent, "children-changed::add", static_cast<guint>(rows.size() - 1), row, nullptr);
  }
  for (auto* row : rows) {
    const auto words = to_utf8(state_->view.PlaceDescription(row->place));
    const char* known = atk_object_get_name(ATK_OBJECT(row));
    if (known == nullptr || words != known) atk_object_set_name(ATK_OBJECT(row), words.c_str());
  }
}

void MessageAccessible::Moved() {
  const auto place = state_->view.CurrentPlace();
  if (!place || *place >= state_->list->rows->size()) return;
  auto* row = ATK_OBJECT((*state_->list->rows)[*place]);
  g_signal_emit_by_name(state_->list, "active-descendant-changed", row);
  atk_object_notify_state_change(row, ATK_STATE_FOCUSED, TRUE);
}

void name_for_screen_readers(wxWindow& control, const wxString& name) {
  control.SetName(name);
  // A field with several lines is a scrolled frame with the text inside.
  auto* widget = control.GetHandle();
  if (GTK_IS_SCROLLED_WINDOW(widget) && gtk_bin_get_child(GTK_BIN(widget)) != nullptr)
    widget = gtk_bin_get_child(GTK_BIN(widget));
  atk_object_set_name(gtk_widget_get_accessible(widget), to_utf8(name).c_str());
}

}   // namespace coterie::gui
