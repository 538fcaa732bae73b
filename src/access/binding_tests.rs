use super::Permission::*;
use super::*;
use crate::access::ALL_RESOURCES;

fn grant(binding: &str, group: &str, permissions: &[Permission]) -> Grant {
    Grant {
        binding: binding.into(),
        principal: Principal::Group { id: group.into(), name: group.to_uppercase() },
        role: "r1".into(),
        role_name: "Role".into(),
        permissions: Permissions::of(permissions),
        resource_group: ALL_RESOURCES.into(),
        resources: None,
        scope: Scope::Account,
    }
}

fn listing(grant: Grant, resources: &[Resource]) -> Grant {
    Grant { resource_group: "rg1".into(), resources: Some(resources.to_vec()), ..grant }
}

fn provider(id: &str) -> Resource {
    Resource { kind: ResourceType::Provider, id: id.into() }
}

fn at(grant: Grant, scope: Scope) -> Grant {
    Grant { scope, ..grant }
}

fn organization(id: &str) -> Scope {
    Scope::Organization { id: id.into() }
}

const IN_O1: Place<'_> = Place { organization: Some("o1"), project: None };
const IN_P1: Place<'_> = Place { organization: Some("o1"), project: Some("p1") };

fn why(grants: &[Grant], permission: Permission, resource: Option<&Resource>, place: Place<'_>) -> Vec<String> {
    reasons(grants, permission, resource, place).map(|grant| grant.binding.clone()).collect()
}

#[test]
fn nobody_may_do_what_no_binding_permits() {
    assert!(why(&[], UsersView, None, Place::ACCOUNT).is_empty());
    assert!(why(&[grant("b1", "g1", &[UsersView])], UsersManage, None, Place::ACCOUNT).is_empty());
}

#[test]
fn every_binding_that_permits_it_is_a_reason() {
    let grants =
        [grant("b1", "g1", &[UsersView]), grant("b2", "g2", &[GroupsView]), grant("b3", "g3", &[UsersView, AuditView])];
    assert_eq!(why(&grants, UsersView, None, Place::ACCOUNT), ["b1", "b3"]);
    let first = reasons(&grants, UsersView, None, Place::ACCOUNT).next().unwrap();
    assert_eq!(first.principal, Principal::Group { id: "g1".into(), name: "G1".into() });
}

#[test]
fn a_binding_at_the_account_holds_in_organizations_and_projects() {
    let grants = [grant("b1", "g1", &[AppAccess])];
    for place in [Place::ACCOUNT, IN_O1, IN_P1] {
        assert_eq!(why(&grants, AppAccess, None, place), ["b1"]);
    }
}

#[test]
fn a_binding_at_an_organization_holds_in_its_projects_and_nowhere_else() {
    let grants = [at(grant("b1", "g1", &[AppAccess]), organization("o1"))];
    for place in [IN_O1, IN_P1] {
        assert_eq!(why(&grants, AppAccess, None, place), ["b1"]);
    }
    let elsewhere = Place { organization: Some("o2"), project: Some("o1") };
    for place in [Place::ACCOUNT, elsewhere] {
        assert!(why(&grants, AppAccess, None, place).is_empty());
    }
}

#[test]
fn a_binding_at_a_project_holds_there_alone() {
    let grants = [at(grant("b1", "g1", &[AppAccess]), Scope::Project { id: "p1".into() })];
    assert_eq!(why(&grants, AppAccess, None, IN_P1), ["b1"]);
    let sibling = Place { organization: Some("o1"), project: Some("p2") };
    for place in [Place::ACCOUNT, IN_O1, sibling] {
        assert!(why(&grants, AppAccess, None, place).is_empty());
    }
}

#[test]
fn a_resource_group_permits_what_it_lists_and_not_everything() {
    let grants = [listing(grant("b1", "g1", &[ProvidersManage]), &[provider("x1")])];
    assert_eq!(why(&grants, ProvidersManage, Some(&provider("x1")), Place::ACCOUNT), ["b1"]);
    let group_of_that_id = Resource { kind: ResourceType::Group, id: "x1".into() };
    for resource in [None, Some(&provider("x2")), Some(&group_of_that_id)] {
        assert!(why(&grants, ProvidersManage, resource, Place::ACCOUNT).is_empty());
    }
    assert!(permissions(&grants, Place::ACCOUNT).is_empty());
    assert_eq!(permissions_anywhere(&grants).names(), "providers:manage");
}

#[test]
fn permissions_of_a_place_are_those_of_all_bindings_that_hold_there() {
    let grants = [grant("b1", "g1", &[UsersView]), at(grant("b2", "g1", &[AppAccess]), organization("o1"))];
    assert_eq!(permissions(&grants, Place::ACCOUNT).names(), "users:view");
    assert_eq!(permissions(&grants, IN_P1).names(), "users:view, app:access");
}

#[test]
fn what_another_binding_permits_is_not_lost() {
    let grants = [
        grant("b1", "g1", &[UsersView, UsersManage]),
        grant("b2", "g2", &[UsersView]),
        at(grant("b3", "g2", &[UsersManage]), organization("o1")),
    ];
    let of_group =
        |id: &'static str| move |grant: &Grant| matches!(&grant.principal, Principal::Group { id: g, .. } if g == id);
    let lost = losses(&grants, of_group("g1"));
    assert_eq!(lost.len(), 1);
    assert_eq!((lost[0].permissions.names().as_str(), &lost[0].scope), ("users:manage", &Scope::Account));
    assert_eq!(losses(&grants, of_group("g2")), [], "the account's binding holds in the organization");
    assert_eq!(losses(&grants, of_group("g3")), []);
}

#[test]
fn a_binding_on_some_resources_makes_up_for_none_on_all() {
    let grants = [grant("b1", "g1", &[ProvidersView]), listing(grant("b2", "g2", &[ProvidersView]), &[provider("x1")])];
    assert_eq!(losses(&grants, |grant| grant.binding == "b1").len(), 1);
    assert_eq!(losses(&grants, |grant| grant.binding == "b2"), []);
    let twice = [listing(grant("b1", "g1", &[AppsView]), &[]), listing(grant("b2", "g2", &[AppsView]), &[])];
    assert_eq!(losses(&twice, |grant| grant.binding == "b1"), [], "the same resource group");
    let both = losses(&twice, |_| true);
    assert_eq!((both.len(), both[0].resource_group.as_str()), (1, "rg1"), "told once");
}

#[test]
fn a_user_in_a_hundred_groups_with_a_thousand_bindings_is_looked_at_once() {
    let grants: Vec<Grant> = (0..1000)
        .map(|at| grant(&format!("b{at}"), &format!("g{}", at % 100), &[if at == 999 { AuditView } else { AppAccess }]))
        .collect();
    assert_eq!(why(&grants, AuditView, None, Place::ACCOUNT), ["b999"]);
    assert_eq!(why(&grants, AppAccess, None, Place::ACCOUNT).len(), 999);
}
