using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authorization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Security;

/// <summary>
/// The users and rules of a configuration, for a server and for its reloads. While there are neither, the broker is open and nothing is asked; a
/// reload may give it some, and who is connected is judged by the rules from then on.
/// </summary>
public sealed class ConfiguredSecurity : IReloadPart, IDisposable
{
    private readonly AuthenticationService _users;
    private readonly AclPolicy _rules;
    private State _state;

    private ConfiguredSecurity(State state, AuthenticationService users, AclPolicy rules)
    {
        (_state, _users, _rules) = (state, users, rules);
        Take(state);
    }

    /// <inheritdoc/>
    public string Name => "users and rules";

    /// <summary>For <see cref="GodwitServer.StartAsync(ServerOptions, ILoggerFactory, ServerSecurity)"/>.</summary>
    public ServerSecurity ForServer() => new()
    {
        Access = _rules,
        AuthenticationOf = _ => Volatile.Read(ref _state).HasUsers ? _users : null,
    };

    /// <summary>Reads every file that is named.</summary>
    /// <exception cref="ServerStartException">Something cannot be used; the message has all of it.</exception>
    public static ConfiguredSecurity Create(ServerOptions options, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        var logger = loggers.CreateLogger("Godwit");
        var state = State.Of(options);
        try
        {
            var asked = new AuthorizationService(state.Asking, TimeProvider.System, logger);
            var users = new AuthenticationService(state.Settings, state.Listeners, TimeProvider.System, logger);
            var rules = new AclPolicy(state.Rules, TimeProvider.System, report => SecurityLog.WouldDeny(logger, report)) { Asked = asked };
            return new ConfiguredSecurity(state, users, rules);
        }
        catch (AuthenticationFileException exception)
        {
            throw Failed(exception.Errors);
        }
    }

    /// <summary>What is wrong with the users, files included: everything is made once and given up again.</summary>
    internal static IReadOnlyList<string> UserErrors(ServerOptions options)
    {
        try
        {
            new AuthenticationService(options.Authentication, options.ListenersInForce, TimeProvider.System, NullLogger.Instance).Dispose();
            return [];
        }
        catch (AuthenticationFileException exception)
        {
            return exception.Errors;
        }
    }

    /// <inheritdoc/>
    public IReloadStep? Prepare(ServerOptions next, ConfigurationDifference difference)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new Step(this, State.Of(next));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _users.Dispose();
        _rules.Asked!.Dispose();
    }

    /// <summary>Somebody is asked who a client is.</summary>
    internal static bool HasUsers(ServerOptions options) =>
        options.Authentication.PasswordFile is not null
        || options.Authentication.UserNameAsClientId
        || options.Authentication.Sources.Count > 0
        || options.Authentication.Chains.Count > 0
        || options.Authentication.Own.Count > 0
        || options.Listeners.Any(listener => listener.Tls is { UserNameFrom: not CertificateName.None } || listener.AllowAnonymous == false);

    private static bool LoginsHaveRights(AuthenticationSettings settings) =>
        settings.Own.Count > 0
        || settings.Sources.Any(source => source.Jwt.TopicsClaim is not null || source.Http.Url is not null || source.Postgres.RightsQuery is not null);

    private static AclSnapshot RulesOf(ServerOptions options)
    {
        var input = new ConfigurationInput();
        return AclLoader.Load(options.Acl, input) ?? throw Failed([.. input.Messages.Where(message => message.IsError).Select(message => message.ToString())]);
    }

    private static ServerStartException Failed(IEnumerable<string> errors) =>
        new(string.Join(Environment.NewLine, errors), ServerStartException.InvalidConfiguration);

    /// <summary>Rules first: what a user may do must not be looser for a moment than what either configuration says.</summary>
    private void Take(State next)
    {
        if (next.IsRuled)
        {
            _rules.IsOpen = false;
        }

        _rules.Asked!.TimeLimitMs = next.AskTimeoutMs;
        _rules.Replace(next.Rules);
        if (LoginsHaveRights(next.Settings))
        {
            _rules.LoginsHaveRights = true;     // never taken back: checking without need harms nobody
        }

        Volatile.Write(ref _state, next);
        _rules.IsOpen = !next.IsRuled;
    }

    /// <summary>What one configuration says.</summary>
    private sealed record State(
        AuthenticationSettings Settings, IReadOnlyList<ListenerOptions> Listeners, AclSnapshot Rules, AuthorizationSettings Asking, int AskTimeoutMs, bool HasUsers)
    {
        /// <summary>The rules are to be asked; also without any when there are users, because a login may bring rights with it.</summary>
        internal bool IsRuled => HasUsers || Rules.HasRules || Asking.HasSources;

        internal static State Of(ServerOptions options) =>
            new(options.Authentication, options.ListenersInForce, RulesOf(options), options.Acl.Asking, options.Limits.AskTimeoutMs, ConfiguredSecurity.HasUsers(options));
    }

    private sealed class Step(ConfiguredSecurity security, State next) : IReloadStep
    {
        private readonly State _before = security._state;

        public void Apply()
        {
            Asked(next);
            security.Take(next);
            try
            {
                Users(next);
            }
            catch
            {
                Asked(_before);
                security.Take(_before);
                throw;
            }
        }

        public void Undo()
        {
            security.Take(_before);
            try
            {
                Asked(_before);
                Users(_before);
            }
            catch (ServerStartException)
            {
                // A file from before is not there any more. The users of the next configuration stay; who was refused is still refused.
            }
        }

        public void Dispose()
        {
        }

        /// <summary>Sources of rights are made anew; what they have answered holds until it is too old.</summary>
        private void Asked(State state)
        {
            if (!_before.Asking.HasSources && !next.Asking.HasSources)
            {
                return;
            }

            try
            {
                security._rules.Asked!.Reload(state.Asking);
            }
            catch (AuthenticationFileException exception)
            {
                throw Failed(exception.Errors);
            }
        }

        private void Users(State state)
        {
            if (!state.HasUsers && !_before.HasUsers && !next.HasUsers)
            {
                return;         // nobody is asked, before and after
            }

            try
            {
                security._users.Reload(state.Settings, state.Listeners);
            }
            catch (AuthenticationFileException exception)
            {
                throw Failed(exception.Errors);
            }
        }
    }
}
