"""A page that says who signed in, as Streamlit's documentation of `st.login` has it."""

import streamlit as st

if st.user.is_logged_in:
    st.write(f"Hello, {st.user.name} of {st.user.email}!")
    st.button("Log out", on_click=st.logout)
else:
    st.button("Log in", on_click=st.login)
