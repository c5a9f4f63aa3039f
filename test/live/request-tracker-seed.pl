# Fills an empty Request Tracker with what the live comparison needs: two queues, custom fields, people, rights, tokens.
# Prints the tokens by user name as one JSON object on its last line.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use RT::AuthToken;
use JSON;

my $system = RT->SystemUser;

sub made {
    my ($id, $message) = @_;
    die "failed: $message\n" unless $id;
    return $id;
}

my @queues;
for my $name (qw(Complaints Archive)) {
    my $queue = RT::Queue->new($system);
    made($queue->Create(Name => $name));
    push @queues, $queue;
}

my %fields = map { $_ => 'FreeformSingle' } qw(Product Issue Channel Severity CSAT);
$fields{Labels} = 'FreeformMultiple';
for my $name (sort keys %fields) {
    my $field = RT::CustomField->new($system);
    made($field->Create(Name => $name, Type => $fields{$name}, LookupType => 'RT::Queue-RT::Ticket'));
    made($field->AddToObject($_)) for @queues;
}

my @read   = qw(SeeQueue ShowTicket ShowTicketComments SeeCustomField);
my @handle = (@read, qw(ShowOutgoingEmail OwnTicket ModifyTicket ReplyToTicket CommentOnTicket CreateTicket ModifyCustomField DeleteTicket));
my %rights = (
    alice        => [@handle],
    bob          => [@handle],
    silverlining => [@read, 'ShowOutgoingEmail'],
    narrow       => [@read],
    blind        => [],
    customer1    => [qw(SeeQueue ShowTicket ReplyToTicket)],
    customer2    => [qw(SeeQueue ShowTicket ReplyToTicket)],
);
my %tokens;
for my $name (sort keys %rights) {
    my $user = RT::User->new($system);
    made($user->Create(
        Name         => $name,
        EmailAddress => "$name\@lab.example",
        Password     => 'labpassword',
        Privileged   => $name =~ /^customer/ ? 0 : 1,
        Timezone     => 'UTC',
    ));
    for my $queue (@queues) {
        made($user->PrincipalObj->GrantRight(Object => $queue, Right => $_)) for @{ $rights{$name} };
    }
    $tokens{$name} = token_of($user);
}
my $root = RT::User->new($system);
$root->Load('root');
$tokens{root} = token_of($root);

# Abroad reads dates as New York does.
my $abroad = RT::User->new($system);
made($abroad->Create(Name => 'abroad', EmailAddress => 'abroad@lab.example', Password => 'labpassword', Privileged => 1, Timezone => 'America/New_York'));
for my $queue (@queues) {
    made($abroad->PrincipalObj->GrantRight(Object => $queue, Right => $_)) for @{ $rights{silverlining} };
}
$tokens{abroad} = token_of($abroad);

sub token_of {
    my ($user) = @_;
    my $token = RT::AuthToken->new($system);
    my ($id, $message, $secret) = $token->Create(Owner => $user->id, Description => 'live comparison');
    made($id, $message);
    return $secret;
}

print encode_json(\%tokens), "\n";
